"""The lens: pages, figures and traces on which every step can be watched."""
