"""The model, drawn: views of the table of moves, as DOT, SVG, PNG, Mermaid and Markdown."""
