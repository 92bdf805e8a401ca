package embed

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// sign is the comment that a panel is known by.
type sign struct {
	owner, uid string
	hash       string // of the panel as it was put in
	row        int    // the id of the row that was put in above it
}

var signPattern = regexp.MustCompile(`(?:\n\n)?<!-- cutover:([^\s:]+):([a-zA-Z0-9_-]+):([0-9a-f]{12}):([1-9][0-9]{0,9}) -->`)

// String is the comment. The owner is escaped, so that it can neither end the
// comment nor name a variable of Grafana's.
func (s sign) String() string {
	return fmt.Sprintf("<!-- cutover:%s:%s:%s:%d -->", url.QueryEscape(s.owner), s.uid, s.hash, s.row)
}

// signIn finds the comment in a description.
func signIn(description string) (sign, bool) {
	m := signPattern.FindStringSubmatch(description)
	if m == nil {
		return sign{}, false
	}
	owner, err := url.QueryUnescape(m[1])
	row, rowErr := strconv.Atoi(m[4])
	return sign{owner, m[2], m[3], row}, err == nil && rowErr == nil && owner != ""
}

// marked is a panel that knows its comment, but for the row.
type marked struct {
	Panel
	mark  sign
	model map[string]any // without id, gridPos and comment
}

// mark reads a panel's model. The hash is of its meaning: neither order nor white
// space matters.
func mark(p Panel, owner string) (marked, error) {
	var model map[string]any
	d := json.NewDecoder(bytes.NewReader(p.Model))
	d.UseNumber()
	if err := d.Decode(&model); err != nil || model == nil {
		return marked{}, errors.New("its model is no JSON object")
	}
	delete(model, "id")
	delete(model, "gridPos")
	canonical, err := encoded(model)
	if err != nil {
		return marked{}, err
	}
	sum := sha256.Sum256(canonical)
	description, _ := model["description"].(string)
	model["description"] = signPattern.ReplaceAllString(description, "")
	return marked{p, sign{owner: owner, uid: p.UID, hash: hex.EncodeToString(sum[:])[:12]}, model}, nil
}

// at is the panel's text with an id and a place, under a row.
func (m marked) at(id int, at place, row int) ([]byte, error) {
	m.mark.row = row
	model := maps.Clone(m.model)
	description, _ := model["description"].(string)
	if description != "" {
		description += "\n\n"
	}
	model["id"], model["gridPos"], model["description"] = id, at, description+m.mark.String()
	return encoded(model)
}

// row is the text of the heading.
func row(heading string, id, y int) ([]byte, error) {
	return encoded(map[string]any{
		"collapsed": false, "gridPos": place{0, y, columns, 1}, "id": id, "panels": []any{}, "title": heading, "type": "row",
	})
}

// encoded is compact JSON with <, > and & as they are.
func encoded(v any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return []byte(strings.TrimSuffix(out.String(), "\n")), err
}
