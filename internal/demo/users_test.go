package demo

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// cheap is a candidate that takes no time, passwords included.
func cheap() Options {
	o := quick()
	o.PasswordCost = 4
	return o
}

// login logs in and returns the token.
func (l life) login(t *testing.T, name, password string) string {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/api/v1/auth/login", strings.NewReader("username="+name+"&password="+password))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	l.ServeHTTP(w, r)
	var answer struct {
		Token string `json:"access_token"`
		Type  string `json:"token_type"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != 200 || answer.Type != "bearer" || answer.Token == "" {
		t.Fatalf("log in: %d %s", w.Code, w.Body)
	}
	return answer.Token
}

// meAs asks for one's own account with a token.
func (l life) meAs(token, method string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/api/v1/users/me", nil)
	r.Header.Set("Authorization", token)
	w := httptest.NewRecorder()
	l.ServeHTTP(w, r)
	return w
}

const jo = `{"username":"jo","email":"jo@shop.example","password":"correct horse"}`

func TestAUserComesAndGoes(t *testing.T) {
	l := live(cheap())
	joe := strings.ReplaceAll(jo, `jo`, `joe`)
	if status, got := l.ask("POST", "/api/v1/auth/register", joe); status != 201 || got != `{"id":1,"username":"joe","email":"joe@shop.example"}` {
		t.Fatalf("register: %d %s", status, got)
	}
	for what, body := range map[string]string{
		"both": joe, "name": strings.Replace(joe, "joe@", "j@", 1), "email": strings.Replace(joe, `"joe"`, `"zoe"`, 1),
	} {
		if status, got := l.ask("POST", "/api/v1/auth/register", body); status != 409 || got != `{"detail":"Username or email already registered"}` {
			t.Errorf("the same %s again: %d %s", what, status, got)
		}
	}
	token := "Bearer " + l.login(t, "joe", "correct+horse")
	if w := l.meAs(token, "GET"); w.Code != 200 || w.Body.String() != `{"id":1,"username":"joe","email":"joe@shop.example"}` {
		t.Errorf("me: %d %s", w.Code, w.Body)
	}
	if w := l.meAs(token, "DELETE"); w.Code != 204 || w.Body.Len() > 0 {
		t.Errorf("delete: %d %s", w.Code, w.Body)
	}
	for _, method := range []string{"GET", "DELETE"} {
		if w := l.meAs(token, method); w.Code != 401 {
			t.Errorf("%s, once deleted: %d %s", method, w.Code, w.Body)
		}
	}
	if status, _ := l.ask("POST", "/api/v1/auth/register", joe); status != 201 {
		t.Errorf("the name is still taken: %d", status)
	}
	if w := l.meAs(token, "GET"); w.Code != 401 {
		t.Errorf("the old token opens the new account: %d %s", w.Code, w.Body)
	}
}

func TestRefusedUsers(t *testing.T) {
	l := live(cheap())
	if status, got := l.ask("POST", "/api/v1/auth/register", strings.ReplaceAll(jo, "jo", "jane")); status != 201 {
		t.Fatal(status, got)
	}
	missing := func(field string) string {
		return `{"type":"missing","loc":["body","` + field + `"],"msg":"Field required"}`
	}
	for _, c := range []struct {
		path, kind, body string
		status           int
		want             string
	}{
		{"register", "", `{}`, 422, `{"detail":[` + missing("username") + "," + missing("email") + "," + missing("password") + `]}`},
		{"register", "", `{"username":"a b","email":"nobody","password":"short"}`, 422,
			`{"detail":[{"type":"string_pattern_mismatch","loc":["body","username"],"msg":"Must consist of letters, digits, dots, dashes and underscores"},` +
				`{"type":"value_error","loc":["body","email"],"msg":"Must be an address: name@host"},` +
				`{"type":"string_length","loc":["body","password"],"msg":"Must have 8 to 72 bytes"}]}`},
		{"register", "", `{"username":"x`, 422, `{"detail":[{"type":"json_invalid","loc":["body"],"msg":"The body is not the JSON it should be"}]}`},
		{"login", "", "username=jane&password=correct+horse", 422, `{"detail":[` + missing("username") + "," + missing("password") + `]}`}, // no form
		{"login", "form", "username=jane", 422, `{"detail":[` + missing("password") + `]}`},
		{"login", "form", "username=%zz", 400, `{"detail":"There was an error parsing the body"}`},
		{"login", "form", "username=jane&password=wrong", 401, `{"detail":"Incorrect username or password"}`},
		{"login", "form", "username=nobody&password=" + strings.Repeat("long", 30), 401, `{"detail":"Incorrect username or password"}`},
		{"login", "form", strings.Repeat("x", maxRequest+1), 400, `{"detail":"There was an error parsing the body"}`},
	} {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/auth/"+c.path, strings.NewReader(c.body))
		if c.kind != "" {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		w := httptest.NewRecorder()
		l.ServeHTTP(w, r)
		if w.Code != c.status || w.Body.String() != c.want {
			t.Errorf("%s %.60s\n got %d %s\nwant %d %s", c.path, c.body, w.Code, w.Body, c.status, c.want)
		}
		if challenge := w.Header().Get("WWW-Authenticate"); c.status == 401 && challenge != "Bearer" {
			t.Errorf("%s %.60s: the challenge is %q", c.path, c.body, challenge)
		}
	}
	for _, token := range []string{"", "Bearer", "Bearer nonsense", "Basic amFuZTpjb3JyZWN0"} {
		if w := l.meAs(token, "GET"); w.Code != 401 || w.Header().Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%q is answered %d, %q", token, w.Code, w.Header().Get("WWW-Authenticate"))
		}
	}
}

func TestATokenEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := live(cheap())
		if status, _ := l.ask("POST", "/api/v1/auth/register", strings.ReplaceAll(jo, "jo", "joe")); status != 201 {
			t.Fatal(status)
		}
		token := "bearer " + l.login(t, "joe", "correct+horse")
		time.Sleep(sessionTime - time.Nanosecond)
		if w := l.meAs(token, "GET"); w.Code != 200 {
			t.Errorf("just before the end: %d", w.Code)
		}
		time.Sleep(time.Nanosecond)
		if w := l.meAs(token, "GET"); w.Code != 401 {
			t.Errorf("at the end: %d", w.Code)
		}
	})
}

func TestWhatIsKeptOfSecrets(t *testing.T) {
	l := live(cheap())
	l.ask("POST", "/api/v1/auth/register", strings.ReplaceAll(jo, "jo", "joe"))
	u, err := l.store.UserByName(t.Context(), "joe")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(u.Password, "horse") || !strings.HasPrefix(u.Password, "$2a$04$") {
		t.Errorf("kept of the password: %q", u.Password)
	}
	token := l.login(t, "joe", "correct+horse")
	if _, err := l.sessions.User(t.Context(), token); err == nil {
		t.Error("the token itself is kept")
	}
}
