package report

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// schema is a JSON Schema, as far as ours goes.
type schema struct {
	Schema      string            `json:"$schema"`
	ID          string            `json:"$id"`
	Title       string            `json:"title"`
	Description string            `json:"description"`
	Defs        map[string]schema `json:"$defs"`

	Ref        string            `json:"$ref"`
	Type       string            `json:"type"`
	Const      any               `json:"const"`
	Enum       []string          `json:"enum"`
	Pattern    string            `json:"pattern"`
	Format     string            `json:"format"`
	Properties map[string]schema `json:"properties"`
	Required   []string          `json:"required"`
	Additional json.RawMessage   `json:"additionalProperties"`
	Items      *schema           `json:"items"`
	MaxItems   *int              `json:"maxItems"`
	Minimum    *float64          `json:"minimum"`
	Above      *float64          `json:"exclusiveMinimum"`
	Maximum    *float64          `json:"maximum"`
}

// published reads the schema; a keyword that is not known here is an error.
func published(t *testing.T) schema {
	t.Helper()
	file, err := os.Open("../docs/report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	d := json.NewDecoder(file)
	d.DisallowUnknownFields()
	var s schema
	if err := d.Decode(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s schema) resolve(root schema) schema {
	if s.Ref == "" {
		return s
	}
	return root.Defs[strings.TrimPrefix(s.Ref, "#/$defs/")]
}

// check lists what is wrong with a value.
func (s schema) check(root schema, at string, v any) (wrong []string) {
	s = s.resolve(root)
	complain := func(format string, args ...any) { wrong = append(wrong, at+": "+fmt.Sprintf(format, args...)) }
	if s.Const != nil && v != s.Const {
		complain("is %v, not %v", v, s.Const)
	}
	switch v := v.(type) {
	case string:
		if s.Type != "string" && s.Enum == nil || s.Enum != nil && !slices.Contains(s.Enum, v) || !regexp.MustCompile(s.Pattern).MatchString(v) {
			complain("%q does not fit", v)
		}
	case bool:
		if s.Type != "boolean" {
			complain("is a boolean")
		}
	case float64:
		whole := v == math.Trunc(v)
		fits := s.Type == "number" || s.Type == "integer" && whole || s.Const != nil
		if !fits || s.Minimum != nil && v < *s.Minimum || s.Above != nil && v <= *s.Above || s.Maximum != nil && v > *s.Maximum {
			complain("%v does not fit", v)
		}
	case []any:
		if s.Type != "array" || s.MaxItems != nil && len(v) > *s.MaxItems {
			complain("an array of %d", len(v))
			return wrong
		}
		for i, item := range v {
			wrong = append(wrong, s.Items.check(root, fmt.Sprintf("%s[%d]", at, i), item)...)
		}
	case map[string]any:
		wrong = append(wrong, s.checkObject(root, at, v)...)
	default:
		complain("is %v", v)
	}
	return wrong
}

func (s schema) checkObject(root schema, at string, v map[string]any) (wrong []string) {
	if s.Type != "object" {
		return []string{at + ": is an object"}
	}
	for _, name := range s.Required {
		if _, there := v[name]; !there {
			wrong = append(wrong, at+": lacks "+name)
		}
	}
	var more schema
	_ = json.Unmarshal(s.Additional, &more) // "false" leaves it empty: then nothing fits
	for name, value := range v {
		if property, known := s.Properties[name]; known {
			wrong = append(wrong, property.check(root, at+"."+name, value)...)
		} else {
			wrong = append(wrong, more.check(root, at+"."+name, value)...)
		}
	}
	return wrong
}

// TestSchema holds what is written against the published schema: nothing may be
// written that stands not there.
func TestSchema(t *testing.T) {
	root := published(t)
	killed := Document{Schema: 1, Program: "rehome", Source: Source{Files: []string{}, From: "csv"}, Ledger: &Ledger{Landed: 1}, State: Unfinished, Kind: Practice}
	for _, d := range []Document{fixed(), killed} {
		var v any
		if err := json.Unmarshal([]byte(render(t, JSON, d)), &v); err != nil {
			t.Fatal(err)
		}
		for _, w := range root.check(root, "report", v) {
			t.Error(w)
		}
	}
	for _, bad := range []string{
		`{}`, `[]`, `{"schema":2,"program":"p","begun":"","source":{},"target":"","finished":{}}`, `{"unknown":1}`,
		`{"people":{"keep":-1}}`, `{"people":{"keep":0.5}}`, `{"kind":"else"}`, `{"timeline":{"stages":{}}}`, `{"notices":[1]}`,
	} {
		var v any
		if err := json.Unmarshal([]byte(bad), &v); err != nil {
			t.Fatal(err)
		}
		if len(root.check(root, "report", v)) == 0 {
			t.Errorf("the schema takes %s", bad)
		}
	}
}

// TestSchemaKnowsEveryField compares the names of the schema with those of the
// types, both ways, and which of them may be left out.
func TestSchemaKnowsEveryField(t *testing.T) {
	root := published(t)
	compareFields(t, root, root, reflect.TypeFor[Document](), "report")
}

func compareFields(t *testing.T, root, s schema, typ reflect.Type, at string) {
	t.Helper()
	s = s.resolve(root)
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
		typ = typ.Elem()
		if s.Items != nil {
			s = s.Items.resolve(root)
		}
	}
	if typ.Kind() != reflect.Struct || typ.PkgPath() == "time" {
		return
	}
	names := map[string]bool{}
	for i := range typ.NumField() {
		name, options, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		names[name] = true
		property, known := s.Properties[name]
		if !known {
			t.Errorf("%s.%s is written, but not in the schema", at, name)
			continue
		}
		if always := options == ""; always != slices.Contains(s.Required, name) && at+"."+name != "report.timeline.stages" {
			t.Errorf("%s.%s: always written: %t, required: %t", at, name, always, !always)
		}
		compareFields(t, root, property, typ.Field(i).Type, at+"."+name)
	}
	for name := range maps.Keys(s.Properties) {
		if !names[name] {
			t.Errorf("%s.%s is in the schema, but never written", at, name)
		}
	}
}
