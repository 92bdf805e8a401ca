package dashboards

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// object is a JSON object as encoding/json reads it.
type object = map[string]any

// normalise writes a board in today's dashboard model. The sdk writes that of
// 2016, so keys are dropped by the place where they stand, never by name alone:
// an alert list's options have an "error" of their own, and the null of a first
// threshold step must stay.
func normalise(b Board) ([]byte, error) {
	raw, err := json.Marshal(&b.model)
	if err != nil {
		return nil, err
	}
	board, err := decode(raw)
	if err != nil {
		return nil, err
	}
	drop(board, "slug", "originalTitle", "style", "hideControls", "sharedCrosshair", "rows")
	board["id"] = nil
	board["description"] = b.description
	board["annotations"] = object{"list": b.annotations}
	board["links"] = b.links
	if len(b.links) == 0 {
		board["links"] = []link{}
	}
	picker, err := child(board, "timepicker")
	if err != nil {
		return nil, err
	}
	drop(picker, "time_options")
	panels, err := children(board, "panels")
	if err != nil {
		return nil, err
	}
	for _, p := range panels {
		if err := normalisePanel(p); err != nil {
			return nil, err
		}
	}
	templating, err := child(board, "templating")
	if err != nil {
		return nil, err
	}
	variables, err := children(templating, "list")
	if err != nil {
		return nil, err
	}
	for _, v := range variables {
		normaliseVariable(v)
	}
	return encode(board)
}

func normalisePanel(p object) error {
	drop(p, "editable", "error", "isNew", "span", "renderer", "transparent")
	if p["type"] != rowKind {
		return nil
	}
	inside, err := children(p, "panels")
	for _, p := range inside {
		err = errors.Join(err, normalisePanel(p))
	}
	return err
}

func normaliseVariable(v object) {
	drop(v, "allFormat", "multiFormat", "hide", "regex")
	if v["allValue"] == "" {
		drop(v, "allValue")
	}
	dropNull(v, "datasource", "options")
	if current, ok := v["current"].(object); ok {
		switch current["value"].(type) {
		case nil:
			drop(v, "current")
		case string:
			current["text"] = current["value"] // the sdk makes a list of it
		}
	}
}

func drop(o object, keys ...string) {
	for _, k := range keys {
		delete(o, k)
	}
}

func dropNull(o object, keys ...string) {
	for _, k := range keys {
		if o[k] == nil {
			delete(o, k)
		}
	}
}

func child(o object, key string) (object, error) {
	c, ok := o[key].(object)
	if !ok {
		return nil, fmt.Errorf("%s is %T, not an object", key, o[key])
	}
	return c, nil
}

func children(o object, key string) ([]object, error) {
	list, ok := o[key].([]any)
	if !ok {
		return nil, fmt.Errorf("%s is %T, not a list", key, o[key])
	}
	out := make([]object, len(list))
	for i, e := range list {
		if out[i], ok = e.(object); !ok {
			return nil, fmt.Errorf("%s[%d] is %T, not an object", key, i, e)
		}
	}
	return out, nil
}

// decode reads an object whose numbers stay as written.
func decode(raw []byte) (object, error) {
	var o object
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return o, d.Decode(&o)
}

// encode writes JSON for people too: indented, and with <, > and & as they are.
func encode(v any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
