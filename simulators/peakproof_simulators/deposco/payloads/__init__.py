"""What goes over the wire in V1: the vendor's XML types as structs.

Field names, order and which fields are required follow the vendor's published schemas. One struct
serves a type in both directions and in both forms; :mod:`..xml` reads and writes it as XML. A
list may arrive as a bare object when it has one member; ``UNSET`` is a field that was not sent,
``None`` one that was sent as nil. Quantities are in packs, not in units.
"""
