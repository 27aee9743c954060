"""What the commands and the review page do, one module per job; the only room that joins the others."""
