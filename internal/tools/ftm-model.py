#!/usr/bin/env python3
"""Write what the readers' tests need of the FollowTheMoney model.

    pip download --no-deps followthemoney
    internal/tools/ftm-model.py followthemoney-*.whl > internal/register/testdata/ftm-model.json

The result has each schema with what it extends and with its properties that
point to an entity or say a country. Python needs PyYAML.
"""
import json
import sys
import zipfile

import yaml

wheel = zipfile.ZipFile(sys.argv[1])
model = {}
for name in sorted(wheel.namelist()):
    if name.startswith("followthemoney/schema/") and name.endswith((".yaml", ".yml")):
        model.update(yaml.safe_load(wheel.read(name)))

schemata = {}
for name, schema in sorted(model.items()):
    entry = {"extends": schema.get("extends") or []}
    pointers, countries = {}, []
    for key, prop in sorted((schema.get("properties") or {}).items()):
        if prop.get("type") == "entity":
            pointers[key] = {"range": prop["range"], "reverse": (prop.get("reverse") or {}).get("name", "")}
        elif prop.get("type") == "country":
            countries.append(key)
    entry["pointers"], entry["countries"] = pointers, countries
    schemata[name] = entry

version = sys.argv[1].rsplit("/", 1)[-1].split("-")[1]
print('{"version": %s, "schemata": {' % json.dumps(version))
print(",\n".join("%s: %s" % (json.dumps(n), json.dumps(s)) for n, s in schemata.items()))
print("}}")
