{{/*
Where ingest may go for its sources: the egress rules of its NetworkPolicy. Public addresses are those
of services/ingest/src/rookery_ingest/source/addresses.py; the last block is what of them IPv6 knows by
NAT64. Parameter: the umbrella's `.`.
*/}}
{{- define "rookery.sourceRules" -}}
- ports: [{protocol: TCP, port: 80}, {protocol: TCP, port: 443}]
  to:
    - ipBlock:
        cidr: "0.0.0.0/0"
        except: [
          0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 168.63.129.16/32, 169.254.0.0/16,
          172.16.0.0/12, 192.0.0.0/24, 192.0.2.0/24, 192.88.99.0/24, 192.168.0.0/16, 198.18.0.0/15,
          198.51.100.0/24, 203.0.113.0/24, 224.0.0.0/4, 240.0.0.0/4
        ]
    - ipBlock:
        cidr: "2000::/3"
        except: [
          "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"
        ]
    - ipBlock:
        cidr: "64:ff9b::/96"
        except: [
          "64:ff9b::/104", "64:ff9b::a00:0/104", "64:ff9b::6440:0/106", "64:ff9b::7f00:0/104",
          "64:ff9b::a83f:8110/128", "64:ff9b::a9fe:0/112", "64:ff9b::ac10:0/108", "64:ff9b::c000:0/120",
          "64:ff9b::c000:200/120", "64:ff9b::c058:6300/120", "64:ff9b::c0a8:0/112",
          "64:ff9b::c612:0/111", "64:ff9b::c633:6400/120", "64:ff9b::cb00:7100/120",
          "64:ff9b::e000:0/100", "64:ff9b::f000:0/100"
        ]
{{- range .Values.pipeline.egress }}
{{ include "rookery.listedRule" . }}
{{- end }}
{{- end -}}

{{/*
The rule of one entry of `pipeline.egress`. Parameter: the entry.
*/}}
{{- define "rookery.listedRule" -}}
{{- $place := . -}}
{{- $port := "" -}}
{{- if hasPrefix "[" . -}}
{{- $place = regexFind "[^][]+" . -}}
{{- $port = regexFind "[0-9]+$" (regexFind "]:[0-9]+$" .) -}}
{{- else if eq (len (splitList ":" .)) 2 -}}
{{- $place = index (splitList ":" .) 0 -}}
{{- $port = index (splitList ":" .) 1 -}}
{{- end -}}
{{- $isNetwork := or (contains ":" $place) (regexMatch "^[0-9]+([.][0-9]+){3}(/[0-9]+)?$" $place) -}}
{{- if $port -}}
- ports: [{protocol: TCP, port: {{ $port }}}]
{{- else if $isNetwork -}}
- ports: [{protocol: TCP}]
{{- else -}}
- ports: [{protocol: TCP, port: 80}, {protocol: TCP, port: 443}]
{{- end }}
{{- if $isNetwork }}
  to:
    - ipBlock: {cidr: {{ contains "/" $place | ternary $place (printf "%s/%s" $place (contains ":" $place | ternary "128" "32")) | quote }}}
{{- end }}
{{- end -}}
