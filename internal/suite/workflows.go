package suite

import (
	"strings"

	"github.com/cutover-dev/cutover/internal/probe"
)

// The conversations of the suite api, with a service that has users and items.
const (
	registerPath = "/api/v1/auth/register"
	loginPath    = "/api/v1/auth/login"
	mePath       = "/api/v1/users/me"
	itemsPath    = "/api/v1/items"
)

// person is who the tests register: a name that shows where it comes from, and
// a password that most rules let pass.
func person() map[string]string {
	return map[string]string{"email": "${key}@example.com", "password": "Aa1!${key}"}
}

// status is an expectation of nothing else.
func status(codes ...string) probe.Expect { return probe.Expect{Status: codes} }

// enter registers somebody and logs them in: their token is ${token}.
func enter() []probe.Step {
	return []probe.Step{
		{Name: "register", Request: probe.Request{
			Path: registerPath, Body: `{"username": "${key}", "email": "${email}", "password": "${password}"}`,
			Expect: status("200", "201"),
		}},
		{Name: "log in", Request: probe.Request{
			Path: loginPath, Form: map[string]string{"username": "${key}", "password": "${password}"},
			Expect: probe.Expect{Status: []string{"200"}, CEL: []string{"json.token_type.matches('(?i)^bearer$')"}},
		}, Capture: map[string]string{"token": "$.access_token"}},
	}
}

// leave deletes whoever entered, if they are still there.
func leave() []probe.Step {
	return []probe.Step{{Name: "delete the account", Request: probe.Request{
		Method: "DELETE", Path: mePath, Bearer: "${token}", Expect: status("2xx", "401", "404", "410"),
	}}}
}

// account is the life of an account: register, log in, read myself, delete,
// confirm gone.
func account() []probe.Step {
	return append(enter(),
		probe.Step{Name: "read myself", Request: probe.Request{
			Path: mePath, Bearer: "${token}",
			Expect: probe.Expect{CEL: []string{"json.username == key || json.email == captured.email"}},
		}},
		probe.Step{Name: "delete", Request: probe.Request{Method: "DELETE", Path: mePath, Bearer: "${token}", Expect: status("2xx")}},
		probe.Step{Name: "confirm gone", Request: probe.Request{Path: mePath, Bearer: "${token}", Expect: status("401", "403", "404")}},
	)
}

// items is the life of an item, by somebody who registers for it: sweep what
// an earlier run left, create, read, update, read again, delete, confirm gone.
func items() []probe.Step {
	with := func(name string, r probe.Request) probe.Step {
		r.Bearer = "${token}"
		return probe.Step{Name: name, Request: r}
	}
	list := with("list", probe.Request{Path: itemsPath + "?limit=100"})
	list.Capture = map[string]string{
		"leftovers": "type(json) == list ? json.filter(i, stale(i.name)).map(i, i.id) : []",
	}
	sweep := with("sweep", probe.Request{Method: "DELETE", Path: itemsPath + "/${item}", Expect: status("2xx", "404", "410")})
	sweep.ForEach = "leftovers"
	create := with("create", probe.Request{
		Path: itemsPath, Body: `{"name": "${key}", "price": 12.5}`, Expect: status("200", "201"),
	})
	create.Capture, create.Show = map[string]string{"id": "$.id"}, []string{"id"}
	priced := func(price string) probe.Expect {
		return probe.Expect{CEL: []string{"json.name == key && json.price == " + price}}
	}
	return append(enter(), list, sweep, create,
		with("read", probe.Request{Path: itemsPath + "/${id}", Expect: priced("12.5")}),
		with("update", probe.Request{
			Method: "PUT", Path: itemsPath + "/${id}", Body: `{"name": "${key}", "price": 20.25}`, Expect: status("2xx"),
		}),
		with("read again", probe.Request{Path: itemsPath + "/${id}", Expect: priced("20.25")}),
		with("delete", probe.Request{Method: "DELETE", Path: itemsPath + "/${id}", Expect: status("2xx")}),
		with("confirm gone", probe.Request{Path: itemsPath + "/${id}", Expect: status("404", "410")}),
	)
}

// removeItem deletes the item that was created, if it is still there.
func removeItem() []probe.Step {
	return []probe.Step{{Name: "delete the item", Request: probe.Request{
		Method: "DELETE", Path: itemsPath + "/${id}", Bearer: "${token}", Expect: status("2xx", "404", "410"),
	}}}
}

// refused are attempts that must fail, and change nothing: without a token,
// with a wrong one, with a wrong password.
func refused() []probe.Step {
	challenged := probe.Expect{Status: []string{"401"}, Headers: map[string]string{"WWW-Authenticate": "(?i)bearer"}}
	return []probe.Step{
		{Name: "no token", Request: probe.Request{Path: mePath, Expect: challenged}},
		{Name: "wrong token", Request: probe.Request{Path: mePath, Bearer: probe.KeyPrefix + "wrong", Expect: challenged}},
		{Name: "wrong password", Request: probe.Request{
			Path: loginPath, Form: map[string]string{"username": probe.KeyPrefix + "nobody", "password": "${password}"},
			ReadOnly: true, Expect: status("400", "401"),
		}},
	}
}

// secureRedis says whether an address asks for TLS.
func secureRedis(address string) bool { return strings.HasPrefix(address, "rediss:") }
