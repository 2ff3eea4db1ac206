"""`register-model`: a logged model as a version of a registered one."""
