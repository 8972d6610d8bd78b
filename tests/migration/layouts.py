"""Pieces of a capability as lists and as maps, in the layouts that people write."""

from __future__ import annotations

LISTS_TO_MAPS = {
    "a name that does not come first": (
        """\
      resources:
        - path: /a   # where
          name: r   # who
          operations: []
""",
        """\
      resources:
        r:   # who
          path: /a   # where
          operations: {}
""",
    ),
    "a dash alone on its line, with a comment": (
        """\
      resources:
        -   # one
          name: r
          path: /a
          operations: []
""",
        """\
      resources:
        r:   # one
          path: /a
          operations: {}
""",
    ),
    "a dash alone on its line": (
        """\
      resources:
        -
          path: /a
          name: r  # r
          operations: []
""",
        """\
      resources:
        r:  # r
          path: /a
          operations: {}
""",
    ),
    "dashes in the column of their key": (
        """\
      resources:
      # first
      - name: r
        path: /a
        # inside
        operations: []
      # second
      - name: s
        path: /b
        operations: []
      # last
""",
        """\
      resources:
        # first
        r:
          path: /a
          # inside
          operations: {}
        # second
        s:
          path: /b
          operations: {}
      # last
""",
    ),
    "an anchor": (
        """\
      resources:
        - &r
          name: r
          path: /a
          operations: []
""",
        """\
      resources:
        r: &r
          path: /a
          operations: {}
""",
    ),
    "braces over several lines": (
        """\
      resources: [
        {name: r, path: /a, operations: []},
        {path: /b, operations: [], name: s}
      ]
""",
        """\
      resources: {
        r: {path: /a, operations: {}},
        s: {path: /b, operations: {}}
      }
""",
    ),
    "a name in quotes": (
        """\
      resources:
        - name: 'r'
          path: /a
          operations: []
""",
        """\
      resources:
        'r':
          path: /a
          operations: {}
""",
    ),
    "an escape in a name": (
        """\
      resources:
        - name: "a\\x62"
          path: /a
          operations: []
""",
        """\
      resources:
        ab:
          path: /a
          operations: {}
""",
    ),
    "nothing but a name": (
        """\
      resources:
        - name: r
          path: /a
          operations:
            - name: o
""",
        """\
      resources:
        r:
          path: /a
          operations:
            o: {}
""",
    ),
    "nothing but names, in brackets": (
        """\
      resources: [{name: r}, {name: s}]
""",
        """\
      resources: {r: {}, s: {}}
""",
    ),
    "an anchor on a list": (
        """\
      resources: &all
        - name: r
          path: /a
          operations: &none []
""",
        """\
      resources: &all
        r:
          path: /a
          operations: &none {}
""",
    ),
}

MAPS_TO_LISTS = {
    "deep indentation": (
        """\
      resources:
          r:
              path: /a
              operations: {}
""",
        """\
      resources:
          - name: r
            path: /a
            operations: []
""",
    ),
    "shallow indentation": (
        """\
      resources:
       r:
        path: /a
        operations:
         o:
          method: GET
""",
        """\
      resources:
       - name: r
         path: /a
         operations:
          - name: o
            method: GET
""",
    ),
    "a comment between objects that is not text": (
        """\
      resources:
        r:
            path: /a
            description: |
              text
            # not text
        s: {path: /b}
""",
        """\
      resources:
        - name: r
          path: /a
          description: |
            text
          # not text
        - {name: s, path: /b}
""",
    ),
    "a comment at the end that is not text": (
        """\
      resources:
        r:
              path: /a
              description: |
                text

            # not text
      # nor this
""",
        """\
      resources:
        - name: r
          path: /a
          description: |
            text

        # not text
      # nor this
""",
    ),
    "names that are numbers or have blanks": (
        """\
      resources:
        200: {path: /a}
        true: {path: /b}
        a b: {path: /c}
""",
        """\
      resources:
        - {name: "200", path: /a}
        - {name: "true", path: /b}
        - {name: a b, path: /c}
""",
    ),
    "an anchor": (
        """\
      resources:
        r: &r   # all
          path: /a
""",
        """\
      resources:
        - &r   # all
          name: r
          path: /a
""",
    ),
    "an anchor on braces": (
        """\
      resources:
        r: &r {path: /a}
""",
        """\
      resources:
        - &r {name: r, path: /a}
""",
    ),
    "an alias": (
        """\
      resources:
        r: &r {path: /a}
        s: *r
""",
        """\
      resources:
        - &r {name: r, path: /a}
        - name: s
          <<: *r
""",
    ),
    "an alias in braces": (
        """\
      resources: {r: &r {path: /a}, s: *r}
""",
        """\
      resources: [&r {name: r, path: /a}, {name: s, <<: *r}]
""",
    ),
    "nothing but a name": (
        """\
      resources: {r: {}}
""",
        """\
      resources: [{name: r}]
""",
    ),
    "keys that alpha2 has not": (
        """\
      resources:
        r:
          tags: [a]
          path: /a
          operations: {o: {tags: [b]}}
""",
        """\
      resources:
        - name: r
          path: /a
          operations: [{name: o, }]
""",
    ),
    "keys that alpha2 has not, side by side": (
        """\
      resources:
        r: {path: /a, operations: {o: {method: GET, maxBinarySize: 1B, outputMediaType: a/b}}}
""",
        """\
      resources:
        - {name: r, path: /a, operations: [{name: o, method: GET, }]}
""",
    ),
    "a list of them": (
        """\
      resources:
          r:
              tags:
                - a
                - b
              path: /a
""",
        """\
      resources:
          - name: r
            path: /a
""",
    ),
    "a property that says its name already": (
        """\
  exposes:
    - type: mcp
      namespace: b
      port: 1
      tools:
        t:
          description: x
          steps: {s: {type: call, call: a.b}}
          outputParameters: {o: {type: object, properties: {p: {name: p, type: string}}}}
""",
        """\
  exposes:
    - type: mcp
      namespace: b
      port: 1
      tools:
        - name: t
          description: x
          steps: [{name: s, type: call, call: a.b}]
          outputParameters: [{name: o, type: object, properties: {p: {name: p, type: string}}}]
""",
    ),
    "lists": (
        """\
      resources:
        - tags: [a]
          name: r
          display: R
""",
        """\
      resources:
        - name: r
          label: R
""",
    ),
}
