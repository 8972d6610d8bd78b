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
    "a name that is nothing": (
        """\
      resources:
        - name: null
          path: /a
          operations: []
""",
        """\
      resources:
        a:
          path: /a
          operations: {}
""",
    ),
    "a comment before braces": (
        """\
      resources:
        - # why
          {name: r, path: /a}
""",
        """\
      resources:
        r: # why
          {path: /a}
""",
    ),
    "a name alone on its line": (
        """\
      resources:
        -   # why
          name: r  # what
""",
        """\
      resources:
        r:   # why
          {}  # what
""",
    ),
    "a name that is merged": (
        """\
      resources:
        - &r {name: r, path: /a}
        - {<<: *r, name: s}
""",
        """\
      resources:
        r: &r {path: /a}
        s: {<<: *r}
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
    "an alias below its name": (
        """\
      resources:
        r: &r {path: /a}
        s: # the same
            *r
        t: {path: /b}
""",
        """\
      resources:
        - &r {name: r, path: /a}
        - name: s # the same
          <<: *r
        - {name: t, path: /b}
""",
    ),
    "an alias for a name": (
        """\
      description: &r r
      resources:
        *r : {path: /a}
        "<<": {path: /b}
""",
        """\
      description: &r r
      resources:
        - {name: *r, path: /a}
        - {name: "<<", path: /b}
""",
    ),
    "a comment behind a key that alpha2 has not": (
        """\
  exposes:
    - maxBinarySize: 1B # at most
      type: rest
""",
        """\
  exposes:
    -  # at most
      type: rest
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
    "an anchor on a name": (
        """\
      resources:
        &r r: {path: /a}
        s: {path: *r}
""",
        """\
      resources:
        - {name: &r r, path: /a}
        - {name: s, path: *r}
""",
    ),
    "a comment before braces": (
        """\
      resources:
        r: # why
          {path: /a}
""",
        """\
      resources:
        - # why
          {name: r, path: /a}
""",
    ),
    "nothing but keys that alpha2 has not": (
        """\
  exposes:
    - tags: [a]
      type: rest
      resources:
        - tags: [a]
""",
        """\
  exposes:
    - tags: [a]
      type: rest
      resources:
        - {}
""",
    ),
    "merged names": (
        """\
      resources: &all
        r:
            path: &path /a  # where
            operations: &operations
              # one
              o: {method: GET}
        s: {path: /b}
    - namespace: b
      type: http
      baseUri: https://b
      resources:
        <<: *all
        s: {path: /c}
""",
        """\
      resources: &all
        - name: r
          path: &path /a  # where
          operations: &operations
            # one
            - {name: o, method: GET}
        - {name: s, path: /b}
    - namespace: b
      type: http
      baseUri: https://b
      resources:
        - {name: s, path: /c}
        - name: r
          path: /a  # where
          operations:
            # one
            - {name: o, method: GET}
""",
    ),
    "merged names alone, behind a comment": (
        """\
      resources: &all
        r: {path: /a}
    - namespace: b
      type: http
      baseUri: https://b
      resources: # as above
        <<: *all
""",
        """\
      resources: &all
        - {name: r, path: /a}
    - namespace: b
      type: http
      baseUri: https://b
      resources: # as above
        - {name: r, path: /a}
""",
    ),
    "names merged from several places, of which some are merged themselves": (
        """\
      resources: &a
        r: {path: /a}
    - namespace: b
      type: http
      baseUri: https://b
      resources: &b
        s:
          path: /s

          operations: {}
        <<: *a
    - namespace: c
      type: http
      baseUri: https://c
      resources:
        t: {path: /t}
        <<: [*b, {u: {path: /u}, s: {path: /x}}]
""",
        """\
      resources: &a
        - {name: r, path: /a}
    - namespace: b
      type: http
      baseUri: https://b
      resources: &b
        - name: s
          path: /s

          operations: []
        - {name: r, path: /a}
    - namespace: c
      type: http
      baseUri: https://c
      resources:
        - {name: t, path: /t}
        - name: s
          path: /s

          operations: []
        - {name: r, path: /a}
        - {name: u, path: /u}
""",
    ),
    "names merged in braces": (
        """\
      resources: &all
        r:
          path: /ä
    - {namespace: b, type: http, baseUri: "https://b", resources: {<<: *all, s: {path: /c}}}
    - {namespace: c, type: http, baseUri: "https://c", resources: {<<: *all}}
    - {namespace: d, type: http, baseUri: "https://d", resources: {<<: {}}}
""",
        """\
      resources: &all
        - name: r
          path: /ä
    - {namespace: b, type: http, baseUri: "https://b", resources: [{name: s, path: /c}, {name: r, "path": "/ä"}]}
    - {namespace: c, type: http, baseUri: "https://c", resources: [{name: r, "path": "/ä"}]}
    - {namespace: d, type: http, baseUri: "https://d", resources: []}
""",
    ),
    "a merge of names that are there already": (
        """\
      resources: &all
        r: {path: /a}
    - namespace: b
      type: http
      baseUri: https://b
      resources:
        r: {path: /b}
        <<: *all
""",
        """\
      resources: &all
        - {name: r, path: /a}
    - namespace: b
      type: http
      baseUri: https://b
      resources:
        - {name: r, path: /b}
""",
    ),
    "properties that are aliases or empty": (
        """\
  exposes:
    - type: mcp
      namespace: b
      port: 1
      tools:
        t:
          steps: {s: {type: call, call: a.b}}
          outputParameters:
            o: {properties: {p: &p {type: string}, q: *p, r: {}}}
""",
        """\
  exposes:
    - type: mcp
      namespace: b
      port: 1
      tools:
        - name: t
          steps: [{name: s, type: call, call: a.b}]
          outputParameters:
            - {name: o, properties: {p: &p {name: p, type: string}, q: {name: q, <<: *p}, r: {name: r}}}
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
