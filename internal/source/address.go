package source

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// The APIs of the services whose issues can be checklists, unless the options
// name others.
const (
	defaultGitHub = "https://api.github.com"
	defaultGitLab = "https://gitlab.com/api/v4"
)

// address is where a checklist is fetched from.
type address struct {
	file  string   // for people: without user, query and fragment, which may hold secrets
	name  string   // the checklist's
	url   *url.URL // what is asked
	issue service  // whose answer it is
	token string   // the file of the token to send; empty for none
}

// service tells the answers of APIs apart.
type service uint8

const (
	plainFile service = iota
	gitHub
	gitLab
)

// The short forms of an issue's address.
const (
	gitHubPrefix = "github:"
	gitLabPrefix = "gitlab:"
)

var (
	gitHubIssue = regexp.MustCompile(`^([A-Za-z0-9-]+/[A-Za-z0-9_.-]+)#([1-9][0-9]{0,9})$`)
	gitLabIssue = regexp.MustCompile(`^([A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)+)([#!])([1-9][0-9]{0,9})$`)
	// The same as the paths that people see in their browsers.
	gitHubPage = regexp.MustCompile(`^/([A-Za-z0-9-]+/[A-Za-z0-9_.-]+)/(?:issues|pull)/([1-9][0-9]{0,9})$`)
	gitLabPage = regexp.MustCompile(`^/([A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)+)/-/(issues|work_items|merge_requests)/([1-9][0-9]{0,9})$`)
)

// isRemote says whether a spec is fetched rather than read from files.
func isRemote(spec string) bool {
	return strings.HasPrefix(spec, gitHubPrefix) || strings.HasPrefix(spec, gitLabPrefix) || strings.Contains(spec, "://")
}

// resolve reads a spec that isRemote. The error doesn't repeat an address: it
// may hold a password.
func (r Remote) resolve(spec string) (address, error) {
	if issue, ok := strings.CutPrefix(spec, gitHubPrefix); ok {
		m := gitHubIssue.FindStringSubmatch(issue)
		if m == nil {
			return address{}, fmt.Errorf("%q: an issue of GitHub is written github:owner/repository#123", spec)
		}
		return r.gitHub(m[1], m[2])
	}
	if issue, ok := strings.CutPrefix(spec, gitLabPrefix); ok {
		m := gitLabIssue.FindStringSubmatch(issue)
		if m == nil {
			return address{}, fmt.Errorf("%q: an issue of GitLab is written gitlab:group/project#123, a merge request with ! for #", spec)
		}
		return r.gitLab(m[1], m[2] == "!", m[3])
	}
	scheme, _, _ := strings.Cut(spec, "://")
	u, err := url.Parse(spec)
	switch {
	case scheme != "http" && scheme != "https":
		return address{}, fmt.Errorf("%q://… can't be fetched: use a file, a glob, a directory, http://…, https://…, github:owner/repository#123, gitlab:group/project#123 or builtin:python-3.13", scheme)
	case err != nil || u.Host == "":
		return address{}, fmt.Errorf("%s://…: not a whole address", scheme)
	case u.User != nil:
		return address{}, fmt.Errorf("%s://…: has a user or a password in it: put a token into a file, and name the file", scheme)
	}
	if m := gitHubPage.FindStringSubmatch(u.Path); m != nil && u.Host == webHost(r.GitHubURL, defaultGitHub, "github.com") {
		return r.gitHub(m[1], m[2])
	}
	if m := gitLabPage.FindStringSubmatch(u.Path); m != nil && u.Host == webHost(r.GitLabURL, defaultGitLab, "gitlab.com") {
		return r.gitLab(m[1], m[2] == "merge_requests", m[3])
	}
	u.Fragment = ""
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	a := address{file: shown.String(), name: nameOf(u.Path), url: u, token: r.TokenFile}
	if strings.Trim(u.Path, "/") == "" {
		a.name = cleanName(u.Hostname())
	}
	return a, nil
}

// webHost is the host of the pages that belong to an API.
func webHost(api, standard, host string) string {
	if api == "" || api == standard {
		return host
	}
	u, err := url.Parse(api)
	if err != nil {
		return ""
	}
	return u.Host
}

func (r Remote) gitHub(repository, number string) (address, error) {
	base, err := apiBase(r.GitHubURL, defaultGitHub)
	if err != nil {
		return address{}, fmt.Errorf("the API of GitHub: %w", err)
	}
	return address{
		file:  gitHubPrefix + repository + "#" + number,
		name:  path.Base(repository) + "-" + number,
		url:   base.JoinPath("repos", repository, "issues", number),
		issue: gitHub, token: r.GitHubTokenFile,
	}, nil
}

func (r Remote) gitLab(project string, merge bool, number string) (address, error) {
	base, err := apiBase(r.GitLabURL, defaultGitLab)
	if err != nil {
		return address{}, fmt.Errorf("the API of GitLab: %w", err)
	}
	kind, sign := "issues", "#"
	if merge {
		kind, sign = "merge_requests", "!"
	}
	u := base.JoinPath("projects", "PROJECT", kind, number)
	// The project is one segment of the path, its slashes escaped.
	u.RawPath = strings.Replace(u.EscapedPath(), "PROJECT", url.PathEscape(project), 1)
	u.Path = strings.Replace(u.Path, "PROJECT", project, 1)
	return address{
		file:  gitLabPrefix + project + sign + number,
		name:  path.Base(project) + "-" + number,
		url:   u,
		issue: gitLab, token: r.GitLabTokenFile,
	}, nil
}

func apiBase(setting, standard string) (*url.URL, error) {
	if setting == "" {
		setting = standard
	}
	u, err := url.Parse(setting)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return nil, errors.New("use a whole address such as https://git.example.org/api/v4, without user and query")
	}
	return u, nil
}

// origin is what a token is sent to: the same scheme, host and port.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = strconv.Itoa(map[string]int{"http": 80, "https": 443}[u.Scheme])
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}

// oneReceiver says that the token for addresses would go to several servers: only
// one of them can have given it out.
func oneReceiver(addresses []address) error {
	first := ""
	for _, a := range addresses {
		if a.issue != plainFile || a.token == "" {
			continue
		}
		if first == "" {
			first = origin(a.url)
		}
		if to := origin(a.url); to != first {
			return fmt.Errorf("%s: the token would go to %s and to %s: one exporter has one token for addresses", a.file, first, to)
		}
	}
	return nil
}
