"""What the commands and the review page do, one module per job; the only package that joins the others."""
