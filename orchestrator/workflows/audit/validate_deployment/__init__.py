"""`validate-deployment`: whether a bundle may go to a target; it looks and changes nothing."""
