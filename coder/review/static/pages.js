// Pages other than the desk: forms that write, files that are dropped, jobs that run.

import "./theme.js";
import "./forms.js";
import "./jobs.js";
import "./keyset.js";
import "./fetched.js";
import "./undo.js";
