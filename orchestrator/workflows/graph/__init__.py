"""The graphs of the workflows, on LangGraph: their state, their context, how they are run and drawn."""
