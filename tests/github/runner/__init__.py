"""A runner of workflows on this machine: it runs the example workflows and action.yml step by step, job by job.

`run` steps are run by bash as the real one does it, in clean folders and with a clean environment; the four actions of
others that we use are done by hand. A job's token is one of the loopback GitHub with the job's `permissions`.
"""
