// Package deploy holds the configuration files that docker-compose.yml mounts,
// beside the committed examples, and the tests of all of it.
package deploy

import (
	"bytes"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/sirupsen/logrus"

	"github.com/cutover-dev/cutover/internal/testenv"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// project loads docker-compose.yml as docker compose does; what it warns of is
// an error.
func project(t *testing.T) *types.Project {
	t.Helper()
	var warnings bytes.Buffer
	logrus.SetOutput(&warnings)
	defer logrus.SetOutput(io.Discard)
	options, err := cli.NewProjectOptions([]string{"../docker-compose.yml"}, cli.WithResolvedPaths(true), cli.WithEnv(nil))
	if err != nil {
		t.Fatal(err)
	}
	p, err := options.LoadProject(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if warnings.Len() > 0 {
		t.Errorf("docker-compose.yml: %s", &warnings)
	}
	return p
}

func TestServices(t *testing.T) {
	p := project(t)
	if p.Name != "cutover" {
		t.Errorf("the project is called %q", p.Name)
	}
	want := []string{
		"alertmanager", "blue", "cutover", "grafana", "green", "postgres", "prometheus", "proxy", "receiver", "redis", "traffic",
	}
	if diff := cmp.Diff(want, p.ServiceNames()); diff != "" {
		t.Errorf("services (-want +got):\n%s", diff)
	}
	for _, s := range p.Services {
		for _, fault := range faults(p, s) {
			t.Errorf("%s: %s", s.Name, fault)
		}
	}
}

// pinned is an image with a whole version, so that it is the same tomorrow.
var pinned = regexp.MustCompile(`^[a-z0-9./-]+:v?[0-9]+(\.[0-9]+)+(-[a-z]+)?$`)

// faults are what is wrong with a service.
func faults(p *types.Project, s types.ServiceConfig) []string {
	var faults []string
	hold := func(ok bool, fault string) {
		if !ok {
			faults = append(faults, fault)
		}
	}
	hold(s.Build != nil || pinned.MatchString(s.Image), "the image "+s.Image+" has no pinned version")
	hold(s.Restart == types.RestartPolicyUnlessStopped, "nothing starts it again")
	hold(s.ReadOnly, "it can write to its image")
	hold(slices.Equal(s.CapDrop, []string{"ALL"}) && len(s.CapAdd) == 0 && !s.Privileged, "it has capabilities")
	hold(slices.Contains(s.SecurityOpt, "no-new-privileges:true"), "it can get new privileges")
	hold(s.User != "root" && !strings.HasPrefix(s.User, "0"), "it runs as root")
	for _, port := range s.Ports {
		hold(port.HostIP == "127.0.0.1", "port "+port.Published+" is open to the network")
	}
	for name, d := range s.DependsOn {
		hold(d.Condition == types.ServiceConditionHealthy, "doesn't wait for "+name+" to be healthy")
		check := p.Services[name].HealthCheck
		hold(check != nil && len(check.Test) > 1 && check.Test[0] == "CMD", "waits for "+name+", which has no health check without a shell")
	}
	for _, v := range s.Volumes {
		if v.Type != types.VolumeTypeBind {
			continue
		}
		hold(v.ReadOnly, v.Source+" can be changed by the container")
		_, err := os.Stat(v.Source)
		hold(err == nil, v.Source+" is mounted, and doesn't exist")
	}
	for _, secret := range s.Secrets {
		_, err := os.Stat(p.Secrets[secret.Source].File)
		hold(err == nil, "the secret "+secret.Source+" doesn't exist")
	}
	return faults
}

// TestFaultsAreFound shows that the rules above can fail.
func TestFaultsAreFound(t *testing.T) {
	var s types.ServiceConfig
	s.Image = "redis:latest"
	s.User = "0:0"
	s.Ports = []types.ServicePortConfig{{Published: "6379"}}
	s.DependsOn = types.DependsOnConfig{"db": {Condition: types.ServiceConditionStarted}}
	s.Volumes = []types.ServiceVolumeConfig{{Type: types.VolumeTypeBind, Source: "nowhere"}}
	s.Secrets = []types.ServiceSecretConfig{{Source: "token"}}
	got := faults(&types.Project{Services: types.Services{"db": {}}}, s)
	want := []string{
		"the image redis:latest has no pinned version",
		"nothing starts it again",
		"it can write to its image",
		"it has capabilities",
		"it can get new privileges",
		"it runs as root",
		"port 6379 is open to the network",
		"doesn't wait for db to be healthy",
		"waits for db, which has no health check without a shell",
		"nowhere can be changed by the container",
		"nowhere is mounted, and doesn't exist",
		"the secret token doesn't exist",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

// TestDockerfile holds the image to what can be told without building it.
func TestDockerfile(t *testing.T) {
	dockerfile := read(t, "../Dockerfile")
	goVersion := regexp.MustCompile(`(?m)^go (1\.\d+)`).FindStringSubmatch(read(t, "../go.mod"))[1]
	for _, want := range []string{
		"ARG GO_VERSION=" + goVersion + "\n",
		"\nFROM scratch AS sample\n",
		"\nFROM scratch\n",
		"\nUSER 65532:65532\n",
		`CMD ["/cutover", "serve", "--check"]`,
	} {
		if !strings.Contains(dockerfile, want) {
			t.Errorf("the Dockerfile has no %q", want)
		}
	}
	stages := regexp.MustCompile(`(?m)^FROM .* AS (\w+)$`).FindAllStringSubmatch(dockerfile, -1)
	for _, s := range project(t).Services {
		if s.Build == nil || s.Build.Target == "" {
			continue
		}
		if !slices.ContainsFunc(stages, func(stage []string) bool { return stage[1] == s.Build.Target }) {
			t.Errorf("%s is built from the stage %q, which the Dockerfile doesn't have", s.Name, s.Build.Target)
		}
	}
}

// TestEveryVariableIsRead asks the program itself whether it knows the variables
// that the image and the compose file set: it warns of those it doesn't.
func TestEveryVariableIsRead(t *testing.T) {
	cutover := filepath.Join(t.TempDir(), "cutover")
	testenv.Run(t, "go", "build", "-o", cutover, "../cmd/cutover")
	cmd := exec.CommandContext(t.Context(), cutover, "serve", "--check")
	set := regexp.MustCompile(`(?m)^ENV (CUTOVER_\w+=\S+)$`).FindAllStringSubmatch(read(t, "../Dockerfile"), -1)
	for _, assignment := range set {
		cmd.Env = append(cmd.Env, assignment[1])
	}
	for name, value := range project(t).Services["cutover"].Environment {
		cmd.Env = append(cmd.Env, name+"="+*value)
	}
	// Nobody listens there.
	cmd.Env = append(cmd.Env, "CUTOVER_LISTEN_ADDRESS=127.0.0.1:1")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err == nil || !strings.HasPrefix(stdout.String(), "unhealthy: ") {
		t.Errorf("the check says %q, %v; want no", &stdout, err)
	}
	if stderr.Len() > 0 {
		t.Errorf("the program says: %s", &stderr)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
