"""The same capability in two versions of the language, as a person would write it in each."""

from __future__ import annotations

ALPHA2 = """\
# A harbour desk.
naftiko: "1.0.0-alpha2"   # the version

info:
  label: 'Harbour desk'
  description: Berths of one harbour.   # for people
  tags: [harbour]
binds:
  - namespace: env
    keys: {HARBOUR_TOKEN: label}

capability:
  consumes:
    - {location: ./tides.yaml, import: tides}
    - type: http
      namespace: harbour
      baseUri: https://harbour.example/v1
      authentication: {type: bearer, token: "{{HARBOUR_TOKEN}}"}
      inputParameters:
        - {name: X-Desk, in: header, value: front}
      resources:
        # where ships lie
        - name: berth
          label: Berth
          path: /berths/{berth_id}
          inputParameters:
            - name: berth_id
              in: path
          operations:
            # reads
            - name: get-berth   # one berth
              method: GET
              outputParameters: [{name: berth, type: object, value: $.}]
            - name: "note"
              method: POST
              body:
                type: text
                data: |
                  name: {{name}}
                    label: indented

              # behind the note
        - name: "404"
          path: /missing
          operations: [{name: miss, method: GET, inputParameters: [{name: a, in: query}]}]
  exposes:
    - type: rest
      namespace: desk
      port: 8080
      resources:
        - name: berths
          path: /berths/{id}
          operations:
            - name: read
              method: GET
              call: harbour.get-berth
              with: {berth_id: desk.id}
    - type: mcp
      namespace: desk-mcp
      port: 9090
      tools:
        - name: get-berth
          label: Berth
          description: >-
            One berth,
            by its id.
          inputParameters:
            - {name: berth_id, type: string, description: Which berth.}
          call: harbour.get-berth
          with:
            berth_id: desk-mcp.berth_id
            label: name
          outputParameters:
            - type: object
              mapping: $.
              properties:
                name: {type: string, mapping: $.name}
        - name: plan
          description: Plans.
          steps:
            - name: read
              type: call
              call: harbour.get-berth
          mappings:
            - targetName: berth
              value: $.read
          outputParameters:
            - name: berth
              type: object
              properties:
                id:
                  name: id
                  type: string
                at: {name: at, type: string}
            - name: ships
              type: array
              items:
                - name: ship
                  type: string
        - {name: hello, description: Greets., outputParameters: [{name: text, type: string, value: hello}]}
      prompts:
        - name: greet
          label: Greet
          description: Greets.
          arguments: [{name: ship, label: Ship, description: Her name.}]
          template: [{role: user, content: "Hello {{ship}}"}]
    - type: skill
      namespace: skills
      port: 8090
      skills:
        - name: berthing
          description: Finds a berth.
          tools:
            - {name: find, description: Finds one., from: {sourceNamespace: desk-mcp, action: get-berth}}
  aggregates:
    - label: Berths
      namespace: berths
      functions:
        - name: free
          description: Frees a berth.
          call: harbour.get-berth
# the end
"""

BETA5 = """\
# A harbour desk.
ikanos: "1.0.0-beta5"   # the version

info:
  display: 'Harbour desk'
  description: Berths of one harbour.   # for people
  tags: [harbour]
binds:
  - namespace: env
    keys: {HARBOUR_TOKEN: label}

capability:
  consumes:
    - {from: ./tides.yaml, import: tides}
    - type: http
      namespace: harbour
      baseUri: https://harbour.example/v1
      authentication: {type: bearer, token: "{{HARBOUR_TOKEN}}"}
      inputParameters:
        X-Desk: {in: header, value: front}
      resources:
        # where ships lie
        berth:
          display: Berth
          path: /berths/{berth_id}
          inputParameters:
            berth_id:
              in: path
          operations:
            # reads
            get-berth:   # one berth
              method: GET
              outputParameters: {berth: {type: object, value: $.}}
            "note":
              method: POST
              body:
                type: text
                data: |
                  name: {{name}}
                    label: indented

              # behind the note
        "404":
          path: /missing
          operations: {miss: {method: GET, inputParameters: {a: {in: query}}}}
  exposes:
    - type: rest
      namespace: desk
      port: 8080
      resources:
        berths:
          path: /berths/{id}
          operations:
            read:
              method: GET
              call: harbour.get-berth
              with: {berth_id: desk.id}
    - type: mcp
      namespace: desk-mcp
      port: 9090
      tools:
        get-berth:
          display: Berth
          description: >-
            One berth,
            by its id.
          inputParameters:
            berth_id: {type: string, description: Which berth.}
          call: harbour.get-berth
          with:
            berth_id: desk-mcp.berth_id
            label: name
          outputParameters:
            - type: object
              mapping: $.
              properties:
                name: {type: string, mapping: $.name}
        plan:
          description: Plans.
          steps:
            read:
              type: call
              call: harbour.get-berth
          mappings:
            - target: berth
              value: $.read
          outputParameters:
            berth:
              type: object
              properties:
                id:
                  type: string
                at: {type: string}
            ships:
              type: array
              items:
                ship:
                  type: string
        hello: {description: Greets., outputParameters: {text: {type: string, value: hello}}}
      prompts:
        greet:
          display: Greet
          description: Greets.
          arguments: {ship: {display: Ship, description: Her name.}}
          template: [{role: user, content: "Hello {{ship}}"}]
    - type: skill
      namespace: skills
      port: 8090
      skills:
        berthing:
          description: Finds a berth.
          tools:
            find: {description: Finds one., from: {sourceNamespace: desk-mcp, action: get-berth}}
  aggregates:
    - display: Berths
      namespace: berths
      flows:
        free:
          description: Frees a berth.
          call: harbour.get-berth
# the end
"""

ALPHA1 = """\
naftiko: 1.0.0-alpha1
info: {label: Desk, description: Berths.}
capability:
  consumes:
    - namespace: harbour
      type: http
      baseUri: https://harbour.example
      resources:
        - {name: berths, path: /berths, operations: [{name: list, method: GET}]}
  exposes:
    - type: mcp
      namespace: desk
      port: 9090
      tools:
        - name: list
          description: Berths.
          call: harbour.list
          outputParameters:
            - type: object
              mapping: $.
              properties:
                kind: {type: string, const: berth}
                count:
                  type: number   # how many
                  const: 4
                open: {type: boolean, const: true}
                list: {type: array, items: {type: string, const: "0"}}
"""

ALPHA1_AS_ALPHA2 = (
    ALPHA1.replace("alpha1", "alpha2")
    .replace("const: berth", "value: berth")
    .replace("const: 4", 'value: "4"')
    .replace("const: true", 'value: "true"')
    .replace('const: "0"', 'value: "0"')
)

OLDEST = """\
naftiko: "0.5"
info: {label: Desk, description: Berths.}
externalRefs:
  # from the process
  - name: env
    type: variables
    resolution: runtime
    keys: {HARBOUR_TOKEN: HARBOUR_TOKEN}
  - {type: environment, name: house, resolution: file, uri: ./house.yaml, keys: {A: a}}
  - type: environment
    name: far
    resolution: file
    uri: "file:///etc/far.yaml"
    keys: {B: b}
capability:
  consumes:
    - namespace: harbour
      type: http
      baseUri: https://harbour.example
      authentication: {type: bearer, token: "{{HARBOUR_TOKEN}}"}
      resources:
        - {name: berths, path: /berths, operations: [{name: list, method: GET}]}
  exposes:
    - type: mcp
      namespace: desk
      port: 9090
      tools:
        - name: list
          description: Berths.
          call: harbour.list
          outputParameters:
            - type: array
              mapping: $.
              items:
                - type: object   # each
                  properties:
                    names: {type: array, mapping: $.names, items: [{type: string, mapping: $}]}
"""

OLDEST_AS_ALPHA2 = """\
naftiko: "1.0.0-alpha2"
info: {label: Desk, description: Berths.}
binds:
  # from the process
  - namespace: env
    keys: {HARBOUR_TOKEN: HARBOUR_TOKEN}
  - {namespace: house, location: "file://./house.yaml", keys: {A: a}}
  - namespace: far
    location: "file:///etc/far.yaml"
    keys: {B: b}
capability:
  consumes:
    - namespace: harbour
      type: http
      baseUri: https://harbour.example
      authentication: {type: bearer, token: "{{HARBOUR_TOKEN}}"}
      resources:
        - {name: berths, path: /berths, operations: [{name: list, method: GET}]}
  exposes:
    - type: mcp
      namespace: desk
      port: 9090
      tools:
        - name: list
          description: Berths.
          call: harbour.list
          outputParameters:
            - type: array
              mapping: $.
              items:
                  type: object   # each
                  properties:
                    names: {type: array, mapping: $.names, items: {type: string, mapping: $}}
"""
