"""Pull requests of GitHub: what a review reads of one, and how it is posted."""
