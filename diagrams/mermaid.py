"""A drawing as a Mermaid state diagram, which GitHub draws inside Markdown.

Mermaid has no dashed arrows in state diagrams, so a fault says that it is one.
"""

from __future__ import annotations

from ..model.elements import Met
from .drawing import Drawing, Edge, Node, Phase, Style

_CLASSES = {
    Phase.WAITING: "fill:#e6eef8,stroke:#4a6fa5,color:#1f2933",
    Phase.RUNNING: "fill:#fff2cc,stroke:#b7860b,color:#1f2933",
    Phase.SUCCEEDED: "fill:#dcf2e1,stroke:#2e7d4f,color:#1f2933",
    Phase.FAILED: "fill:#fbe2e1,stroke:#b3362e,color:#1f2933",
    Phase.EVENT: "fill:#ffffff,stroke:#9aa5b1,color:#1f2933",
}


def to_mermaid(drawing: Drawing) -> str:
    """
    The drawing as Mermaid text.

    >>> from .drawing import lifecycle
    >>> "SUBMITTED --> PENDING : has dependencies" in to_mermaid(lifecycle())
    True
    """
    lines = ["---", f'title: "{drawing.title}"', "---", "stateDiagram-v2", "    direction LR"]
    lines += [f"    classDef {phase.name.lower()} {look}" for phase, look in _CLASSES.items() if _of(drawing, phase)]
    lines += [f'    state "{_label(node)}" as {node.name}' for node in drawing.nodes]
    if drawing.row:
        lines.append(f"    [*] --> {drawing.row[0]}")
    lines += [_arrow(edge) for edge in drawing.edges]
    for phase in _CLASSES:
        if names := _of(drawing, phase):
            lines.append(f"    class {','.join(names)} {phase.name.lower()}")
    return "\n".join([*lines, ""])


def _of(drawing: Drawing, phase: Phase) -> list[str]:
    return [node.name for node in drawing.nodes if node.phase is phase]


def _label(node: Node) -> str:
    return "<br/>".join((*(() if node.phase is Phase.EVENT else (node.name,)), *node.notes)).replace('"', "'")


def _arrow(edge: Edge) -> str:
    words = ["fault", *edge.words] if edge.style is Style.FAULT else list(edge.words)
    words += [f"({'met' if edge.met is Met.SURELY else f'{edge.met} met'})"] if edge.met else []
    label = f" : {'<br/>'.join(words)}" if words else ""
    return f"    {edge.source} --> {edge.destination}{label}"
