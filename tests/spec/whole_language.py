"""Valid files that together use every object and every key of alpha2, to be broken one place at a time."""

from __future__ import annotations

from typing import Any

import yaml

_SERVED = """
naftiko: 1.0.0-alpha2
info:
  label: Harbour desk
  description: Berths, pilots and tides of one harbour.
  tags: [harbour, ships]
  created: "2026-03-01"
  modified: "2026-11-20"
  stakeholders:
    - {role: owner, fullName: Ada Berg, email: ada.berg@harbour.example}
    - {role: editor, fullName: Bo Lind}
binds:
  - namespace: env
    description: Secrets of the desk.
    location: file:///etc/harbour/secrets.yaml
    keys: {HARBOUR_TOKEN: harbour-token, TIDE_KEY: tide_key}
capability:
  binds:
    - {namespace: local, keys: {PORT_CODE: PORT_CODE}}
  consumes:
    - {location: ./shared/tides.yaml, import: tides, as: tide-tables, description: Tide tables.}
    - {location: ./shared/weather.yaml, import: weather}
    - namespace: harbour
      type: http
      description: The harbour's own API.
      baseUri: https://api.harbour.example/v1
      authentication: {type: bearer, token: "{{HARBOUR_TOKEN}}"}
      inputParameters:
        - {name: X-Desk, in: header, value: front}
        - {name: PORT_CODE, in: environment}
      resources:
        - name: berths
          label: Berths
          description: Where ships lie.
          path: /berths/{berth_id}
          inputParameters:
            - {name: berth_id, in: path}
          operations:
            - name: get-berth
              label: A berth
              description: One berth.
              method: GET
              inputParameters:
                - {name: fields, in: query}
                - {name: session, in: cookie}
              outputRawFormat: xml
              outputSchema: berth.xsd
              outputParameters:
                - {name: berth, type: object, value: $.berth}
                - {name: ships*, type: array, value: $.ships}
            - {name: put-berth, method: PUT, body: {type: json, data: {name: "{{name}}", tags: [a, 1]}}}
            - {name: name-berth, method: PATCH, body: {type: json, data: [1, two]}}
            - {name: text-berth, method: POST, body: {type: sparql, data: "SELECT 1"}}
            - {name: xml-berth, method: POST, body: {type: json, data: "{}"}}
            - {name: form-berth, method: POST, body: {type: formUrlEncoded, data: {ship: "{{ship}}"}}}
            - {name: form-text, method: POST, body: {type: formUrlEncoded, data: "ship=1"}}
            - name: upload
              method: POST
              body:
                type: multipartForm
                data:
                  - {name: chart, value: "{{chart}}", filename: chart.pdf, contentType: application/pdf}
                  - {name: note, value: read me}
            - {name: raw-berth, method: DELETE, body: "raw {{text}}"}
    - {namespace: basic, type: http, baseUri: "http://basic.example", authentication: {type: basic, username: u, password: p}}
    - {namespace: digest, type: http, baseUri: "http://basic.example/", authentication: {type: digest, username: u, password: p}}
    - namespace: key
      type: http
      baseUri: http://key.example/a/b
      authentication: {type: apikey, key: X-Key, value: "{{TIDE_KEY}}", placement: query}
  exposes:
    - type: rest
      address: localhost
      port: 8080
      namespace: desk
      authentication:
        type: oauth2
        authorizationServerUri: https://login.harbour.example
        resource: https://desk.harbour.example
        scopes: [berths.read]
        audience: desk
        tokenEndpoint: https://login.harbour.example/token
        tokenValidation: introspection
      resources:
        - name: berth
          label: Berth
          description: One berth.
          path: /berths/{berth-id}
          inputParameters:
            - {name: berth-id, in: path, type: string, description: Which berth., pattern: "^B", value: B1}
          operations:
            - name: get-berth
              label: Show a berth
              description: Shows a berth.
              method: GET
              inputParameters:
                - {name: depth, in: query, type: number, description: Metres.}
              call: harbour.get-berth
              with: {berth_id: desk.berth-id, depth: 4.5, count: 3}
              outputParameters:
                - type: object
                  mapping: $.
                  properties:
                    name: {type: string, mapping: $.name}
                    kind: {type: string, value: berth}
                    open: {type: boolean, mapping: $.open, const: true}
                    depth: {type: number, mapping: $.depth, const: 4}
                    ships:
                      type: array
                      mapping: $.ships
                      items: {type: object, properties: {id: {type: string, mapping: $.id}}}
                - {type: array, const: [1], value: x, items: {type: string, mapping: "$"}}
            - {method: DELETE, ref: berths.free}
            - name: plan
              method: POST
              steps:
                - {type: call, name: read, call: harbour.get-berth, with: {berth_id: "B1"}}
                - {type: lookup, name: pick, index: read, match: id, lookupValue: $.read.id, outputParameters: [id, name]}
                - {type: script, name: sum, language: python, location: "file:///scripts", file: sum.py, dependencies: [a.py], with: {x: 1}}
              mappings:
                - {targetName: plan.berth_id, value: $.pick.id}
              outputParameters:
                - {name: berth, type: string}
                - {name: detail, type: object, properties: {depth: {name: depth, type: number}}}
                - {name: ships, type: array, items: [{name: id, type: string}]}
            - {method: PUT, steps: [{type: call, name: read, call: harbour.get-berth}], outputParameters: [{type: string, value: done}]}
            - {method: PATCH}
        - path: /raw
          forward: {targetNamespace: harbour, trustedHeaders: [X-Desk]}
    - type: mcp
      transport: http
      address: 0.0.0.0
      port: 9090
      namespace: desk-mcp
      description: Tools of the desk.
      authentication: {type: bearer}
      tools:
        - name: get-berth
          label: Show a berth
          description: Shows a berth.
          inputParameters:
            - {name: berth_id, type: string, description: Which berth., required: false}
          call: harbour.get-berth
          with: {berth_id: desk-mcp.berth_id}
          hints: {readOnly: true, destructive: false, idempotent: true, openWorld: false}
          outputParameters:
            - {type: string, mapping: $.name}
        - {ref: berths.free}
        - {ref: berths.free, outputParameters: [anything]}
        - name: plan
          description: Plans.
          steps: [{type: call, name: read, call: harbour.get-berth}]
          mappings: [{targetName: berth, value: $.read}]
          outputParameters: [{name: berth, type: boolean}]
        - {name: hello, description: Greets., outputParameters: [{name: text, type: string, value: hello}]}
        - {name: both, description: Mock wins., call: harbour.get-berth, outputParameters: [{name: n, type: number, value: "1"}]}
        - name: mixed
          description: Has a call and steps.
          call: harbour.get-berth
          steps: [{type: call, name: read, call: harbour.get-berth}]
          outputParameters: [{name: berth, type: number}]
      resources:
        - name: berth_list
          label: Berths
          uri: harbour://berths
          description: All berths.
          mimeType: application/json; charset="utf-8"
          call: harbour.get-berth
          with: {berth_id: all}
          outputParameters: [{type: string, mapping: $.name}]
        - name: plan
          label: Plan
          uri: harbour://plan
          description: The plan.
          steps: [{type: call, name: read, call: harbour.get-berth}]
          mappings: [{targetName: berth, value: $.read}]
          outputParameters: [{name: berth, type: string}]
        - {name: rules, label: Rules, uri: "harbour://rules", description: House rules., mimeType: text/plain, location: "file:///rules"}
        - name: mixed
          label: Mixed
          uri: harbour://mixed
          description: Has a call and steps.
          call: harbour.get-berth
          steps: [{type: call, name: read, call: harbour.get-berth}]
          outputParameters: [{type: string, mapping: $.name}]
      prompts:
        - name: greet
          label: Greet
          description: Greets a captain.
          arguments: [{name: ship, label: Ship, description: Her name., required: false}]
          template: [{role: user, content: "Hello {{ship}}"}, {role: assistant, content: Ahoy}]
        - {name: rules, label: Rules, description: House rules., location: "file:///rules/prompt.md"}
    - type: mcp
      transport: stdio
      namespace: desk-stdio
      tools: [{ref: berths.free}]
    - type: skill
      address: "::1"
      port: 8090
      namespace: desk-skills
      description: Skills of the desk.
      authentication: {type: apikey}
      skills:
        - name: berthing
          description: How to find a berth.
          license: Apache-2.0
          compatibility: any agent
          metadata: {author: Ada}
          allowed-tools: get-berth
          argument-hint: "[ship]"
          user-invocable: true
          disable-model-invocation: false
          location: file:///skills/berthing
          tools:
            - {name: find, description: Finds one., from: {sourceNamespace: desk-mcp, action: get-berth}}
            - {name: read, description: What to read., instruction: find.md}
    - type: control
      address: control.harbour.example
      port: 9100
      authentication: {type: basic}
      management:
        health: true
        info: true
        reload: true
        validate: true
        logs: {level-control: true, stream: true, max-subscribers: 20}
        scripting:
          enabled: true
          defaultLocation: file:///scripts
          defaultLanguage: groovy
          timeout: 1000
          statementLimit: 1
          allowedLanguages: [javascript, python]
      observability:
        enabled: true
        metrics: {local: {enabled: true}}
        traces: {sampling: 0.5, propagation: b3, local: {enabled: false, buffer-size: 10}}
        exporters: {otlp: {endpoint: "http://collector:4317"}}
    - {type: control, port: 65535, management: {logs: true}}
  aggregates:
    - label: Berths
      namespace: berths
      functions:
        - name: free
          description: Frees a berth.
          semantics: {safe: false, idempotent: true, cacheable: false}
          inputParameters: [{name: berth_id, type: string, description: Which berth.}]
          call: harbour.put-berth
          with: {berth_id: berths.berth_id}
          outputParameters: [{type: object, properties: {}}]
        - name: plan
          description: Plans.
          steps: [{type: call, name: read, call: harbour.get-berth}]
          mappings: [{targetName: berth, value: $.read}]
          outputParameters: [{name: berth, type: string}]
        - {name: hello, description: Greets., outputParameters: [{name: text, type: string, value: hello}]}
"""

_IMPORTED = """
naftiko: 1.0.0-alpha2
info: {label: Tides, description: Tide tables.}
binds: [{namespace: env, keys: {TIDE_KEY: TIDE_KEY}}]
consumes:
  - {location: ./more.yaml, import: more}
  - namespace: tides
    type: http
    baseUri: https://tides.example
    resources:
      - {name: tides, path: /tides, operations: [{name: list-tides, method: GET}]}
"""

_CONSUMED_ONLY = """
naftiko: 1.0.0-alpha2
capability:
  consumes: [{namespace: tides, type: http, baseUri: "https://tides.example"}]
"""


def whole_language() -> dict[str, Any]:
    """The valid files, by name."""
    texts = {"served": _SERVED, "imported": _IMPORTED, "consumed only": _CONSUMED_ONLY}
    return {name: yaml.safe_load(text) for name, text in texts.items()}
