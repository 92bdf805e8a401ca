package probe

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// masked stands where a secret stood.
const masked = "***"

// mask takes secrets out of text. The zero value knows none.
type mask struct {
	values   []string // distinct, the longest first
	replacer *strings.Replacer
}

// with is the mask that also knows secrets, in the ways in which a target may
// say them back. Nobody changes m.
func (m mask) with(secrets ...string) mask {
	values := slices.Clone(m.values)
	for _, s := range secrets {
		if s == "" {
			continue
		}
		quoted, _ := json.Marshal(s) // a string always marshals
		values = append(values, s, strings.Trim(string(quoted), `"`),
			url.QueryEscape(s), url.PathEscape(s), (&url.URL{Path: "/" + s}).EscapedPath()[1:], base64.StdEncoding.EncodeToString([]byte(s)))
	}
	slices.SortFunc(values, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b))
	})
	values = slices.Compact(values)
	pairs := make([]string, 0, 2*len(values))
	for _, v := range values {
		pairs = append(pairs, v, masked)
	}
	return mask{values, strings.NewReplacer(pairs...)}
}

// withURL is the mask that also knows the password and the query values of an
// address. Query values shorter than eight bytes are words rather than
// secrets, and taking them out would garble the reasons.
func (m mask) withURL(u *url.URL) mask {
	var secrets []string
	if password, ok := u.User.Password(); ok {
		secrets = append(secrets, password, u.User.Username()+":"+password)
	}
	for _, values := range u.Query() {
		for _, v := range values {
			if len(v) >= 8 {
				secrets = append(secrets, v)
			}
		}
	}
	return m.with(secrets...)
}

// hide is s without the secrets.
func (m mask) hide(s string) string {
	if m.replacer == nil {
		return s
	}
	return m.replacer.Replace(s)
}

// hideCut is s, which may be the beginning of a longer text, without the
// secrets and without the beginning of one that was cut in two.
func (m mask) hideCut(s string) string {
	s = m.hide(s)
	cut := 0
	for _, v := range m.values {
		for n := min(len(v)-1, len(s)); n > max(cut, minCut-1); n-- {
			if strings.HasSuffix(s, v[:n]) {
				cut = n
			}
		}
	}
	return s[:len(s)-cut]
}

// minCut is how many bytes of a secret give something away.
const minCut = 3

// Text whose names say that a secret follows. What the name says of itself
// counts, whether anybody told us of the secret or not.
const secretWord = `(?:passw|passphrase|secret|token|api[-_]?key|credential|session|authori[sz]ation|cookie)`

var (
	secretName   = regexp.MustCompile(`(?i)` + secretWord)
	secretMember = regexp.MustCompile(`(?i)("[^"\\]*` + secretWord + `[^"\\]*\\?"\s*:\s*)(\\?"(?:[^"\\]|\\.)*"?|[^\s,}\]"\[{]+)`)
	secretPair   = regexp.MustCompile(`(?i)((?:^|[&?;,\s])[\w.\[\]-]*` + secretWord + `[\w.\[\]-]*=)[^&;,\s]+`)
	secretURL    = regexp.MustCompile(`(://[^/\s:@"']*:)[^@\s/"']+@`)
)

// hideFields is s without the values of its JSON members and form fields that
// are named like secrets, and without the passwords of its addresses.
func hideFields(s string) string {
	s = secretMember.ReplaceAllString(s, `${1}"`+masked+`"`)
	s = secretPair.ReplaceAllString(s, "${1}"+masked)
	return secretURL.ReplaceAllString(s, "${1}"+masked+"@")
}

// secretsIn finds the values of the members of a JSON text that are named like
// secrets, so that they are known wherever a target says them back.
func secretsIn(v any) []string {
	var found []string
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			if secretName.MatchString(name) {
				found = append(found, leaves(value)...)
			} else {
				found = append(found, secretsIn(value)...)
			}
		}
	case []any:
		for _, item := range v {
			found = append(found, secretsIn(item)...)
		}
	}
	return found
}

// minSecret is how many bytes a value must have before it is hidden everywhere
// although nobody said that it is a secret: hiding a 7 hides nothing.
const minSecret = 4

// leaves are the texts and figures in a JSON value that are long enough to be
// worth hiding.
func leaves(v any) []string {
	var found []string
	switch v := v.(type) {
	case map[string]any:
		for _, value := range v {
			found = append(found, leaves(value)...)
		}
	case []any:
		for _, item := range v {
			found = append(found, leaves(item)...)
		}
	case nil, bool:
	default:
		if s := plain(v); len(s) >= minSecret {
			found = append(found, s)
		}
	}
	return found
}
