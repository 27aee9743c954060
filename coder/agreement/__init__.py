"""Inter-coder agreement: every coefficient with its interval or the reason why it has none.

One category per unit: `coefficients`. Several codes per unit: `set_coefficients`. Boundaries chosen by the
coders: `unit_coefficients`. docs/agreement.md says what each coefficient is for and whose formula it is.
"""

from coder.agreement.coefficients import NAMES, ORDINAL_NAMES, CodeEstimates, coefficients
from coder.agreement.sets import set_coefficients
from coder.agreement.unitizing import unit_coefficients
from coder.statistics import Estimate

__all__ = [
    "NAMES",
    "ORDINAL_NAMES",
    "CodeEstimates",
    "Estimate",
    "coefficients",
    "set_coefficients",
    "unit_coefficients",
]
