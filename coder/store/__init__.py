"""The study file: schema, migrations, and all the SQL of the program."""

from coder.store.study import Study

__all__ = ["Study"]
