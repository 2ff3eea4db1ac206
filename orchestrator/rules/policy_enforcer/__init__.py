"""Rules of the specialist `policy-enforcer`."""
