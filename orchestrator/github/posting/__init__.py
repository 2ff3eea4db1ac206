"""From the artifact of a review to comments, threads, a summary and a check run: plain code, no model, no checkout."""
