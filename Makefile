# `make help` lists the commands. Go, make and git are all that they need; what
# some need besides is compiled, or installed, or asked for before they begin.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
# What is needed is there before anything else begins; go uses all cores anyway.
.NOTPARALLEL:

# Here and nowhere else: each of these splits Go's build cache in two.
export CGO_ENABLED := 0
export GOFLAGS := $(strip $(filter-out -trimpath,$(GOFLAGS)) -trimpath)
# Any etcd and kube-apiserver will do for the tests; by default they are our own.
export KUBEBUILDER_ASSETS ?= $(CURDIR)/bin/envtest
# They start in 5 seconds, and on a busy machine in 20, which envtest takes for never.
export KUBEBUILDER_CONTROLPLANE_START_TIMEOUT ?= 3m
export KUBEBUILDER_CONTROLPLANE_STOP_TIMEOUT ?= 3m

TOOLS := bin/controller-gen bin/crd-ref-docs bin/helm bin/kustomize

# What decides, by itself: test/layout says what it may import.
CORE := $(addprefix ./internal/,jurisdiction money ownership/... residency explain growth kinds snapshot)

# What goals need that is not compiled here. It is their first prerequisite, and
# sees to all of them at once.
need-test := chromium
need-test-gateway := python3
need-bench-gateway := python3
need-verify := shellcheck
need-test-image := buildah busybox
need-release := buildah
need-release-check := buildah busybox
need-docs := python3

needs:
	@internal/tools/need.sh $(foreach goal,$(MAKECMDGOALS),$(need-$(goal)))

help: ## List these commands.
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 28

demo: build bin/controlplane bin/helm ## Show a real API server refusing a restricted tenant (KEEP=1 leaves it running; after make bin/proxies API requests pass through Envoy).
	go run ./test/demo $(if $(KEEP),--keep)

# What has a goal of its own, because it needs more than Go.
APART := %/test/e2e/gateway %/test/e2e/gitops %/test/e2e/ipv6 %/test/e2e/controllers

test: needs build bin/controlplane bin/registry $(TOOLS) bin/promtool ## Run all tests, most of them against a real control plane.
	go -C test/rig/controlplane test ./...
	go -C test/browser test ./...
	go -C internal/tools/release test ./...
	go test -timeout 20m $(or $(filter-out $(APART),$(shell go list ./...)),./...)

test-e2e: build bin/controlplane bin/helm ## Try every known way around admission on a real control plane, what must never be blocked, and some faults.
	go test -timeout 15m ./test/e2e/bypass/... ./test/e2e/faults ./test/e2e/mirror

test-mirror: build bin/controlplane bin/helm ## Run the integration tests with the mirror on.
	DOMICILE_MIRROR=1 go test -timeout 20m -count 1 ./test/integration

test-gateway: needs build bin/controlplane bin/helm bin/proxies bin/litellm ## Ask the gateway through real Envoy, nginx, HAProxy, Caddy, Traefik and LiteLLM, as clients do and as attackers would.
	go test -timeout 15m ./test/e2e/gateway

test-gitops: build bin/controlplane bin/helm bin/gitops ## Have Flux's and Argo CD's own controllers apply what is in Git (compiles them: 20 minutes and more the first time).
	go test -timeout 30m ./test/e2e/gitops

test-ipv6: build bin/controlplane bin/helm ## Install the chart where there is nothing but IPv6 (Linux, with root or user namespaces).
	go test -timeout 15m ./test/e2e/ipv6

# Other projects' controllers, each compiled from a release by a module of its own.
OPERATORS := $(patsubst test/rig/operators/%/go.mod,%,$(wildcard test/rig/operators/*/go.mod))

test-controllers: build bin/controlplane bin/helm $(OPERATORS:%=bin/operators/%/operator) ## Suspend what KubeRay, JobSet, LeaderWorkerSet, Argo Rollouts, KEDA, KServe and Kueue run, and have them go on (RUN=lws for one of them).
	go test -timeout 20m -run 'TestControllers/^$(or $(RUN),.*)$$' ./test/e2e/controllers

# The oldest version of Kubernetes that is supported, and the newest. docs/operations.md
# says the same.
VERSIONS := $(patsubst test/rig/controlplane/versions/%.mod,%,$(wildcard test/rig/controlplane/versions/*.mod))

test-versions: $(VERSIONS:%=test-version-%) ## Run the integration suite, the chart's tests and the demo on the oldest and the newest Kubernetes.

test-version-%: build bin/helm bin/kustomize bin/promtool bin/kubernetes-%/controlplane
	@echo "Kubernetes $*"
	DOMICILE_CONTROLPLANE=$(CURDIR)/bin/kubernetes-$*/controlplane KUBEBUILDER_ASSETS=$(CURDIR)/bin/kubernetes-$*/envtest \
		go test -count=1 -timeout 20m ./test/integration ./test/chart ./controllers/webhookconfig $(if $(filter 1.33 1.34 1.35,$*),,./controllers/mirror) # docs/mirror.md says why
	DOMICILE_CONTROLPLANE=$(CURDIR)/bin/kubernetes-$*/controlplane go run ./test/demo

test-faults: build bin/controlplane bin/helm ## Break whatever can break while requests go on, and count what is answered wrong (RUN=kill for one fault, VALUES=contact.bound=1h for another chart).
	DOMICILE_FAULTS=all DOMICILE_VALUES='$(VALUES)' go test -timeout 60m -count 1 -v -run 'TestFaults/^$(or $(RUN),.*)$$' ./test/e2e/faults

quick: ## Test the core and the corpus alone, without a control plane: seconds.
	DOMICILE_WORLDS=500 go test $(CORE) ./test/decisions

nightly: ## Compare every method with its oracle on a million random worlds (WORLDS=n for another number).
	DOMICILE_WORLDS=$(or $(WORLDS),1000000) go test -timeout 6h -run 'AgainstOracle|Properties' ./internal/ownership ./test/differential

fuzz: ## Fuzz every target for a minute, from where the last run ended (FUZZTIME=1h for longer, TARGET=FuzzDates for one).
	nice internal/tools/fuzz.sh $(or $(FUZZTIME),1m) $(TARGET)

bench-ownership: ## Measure the ownership graph at the size of the world's registers, beside the previous run.
	go run ./test/bench/ownership -sizes gleif,psc

bench-compare: ## Compare with PostgreSQL and networkx, and write docs/performance.md (installs both on Debian).
	go run ./test/bench/compare

bench-audit: bin/controlplane bin/helm ## Measure the audit of 10,000 pods in 500 namespaces (simulated nodes).
	go run ./test/bench/audit

bench-review: ## Measure what the admission handler takes of a review, beside one that only reads and answers and one pass over the bytes.
	go run ./test/bench/review

bench-mirror: needs ## Measure how long it takes until API servers refuse one tenant more or less, with 45,000 to 100,000 names.
	DOMICILE_CHANGES=80 go test -timeout 30m -count 1 -v -run TestManyNames ./controllers/mirror

bench-admission: build bin/controlplane bin/helm ## Measure a request about which Domicile is asked, through a real API server, beside other webhooks and the previous run (ARGS='-tenants 1000,300000 -register' for the large one).
	go build -o bin/bench-admission ./test/bench/admission
	bin/bench-admission $(ARGS)

bench-world: build bin/controlplane bin/helm ## Measure a real API server with up to 300,000 tenants, beside the previous run (ARGS='-tenants 1000 -register none' for a minute of it).
	go run ./test/bench/world $(ARGS)

bench-gateway: needs build bin/controlplane bin/helm bin/proxies ## Measure what asking the gateway costs, through a real Envoy and alone, and how soon a flip is enforced, beside the previous run (ARGS='-many 1000 -tenants 1000 -rounds 1' for a minute of it).
	go build -o bin/bench-gateway ./test/bench/gateway
	go -C test/bench/gateway/opa build -o $(CURDIR)/bin/bench-opa .
	bin/bench-gateway $(ARGS)

fmt: bin/golangci-lint ## Format the Go files.
	bin/golangci-lint fmt

lint: bin/golangci-lint ## Lint the Go files.
	bin/golangci-lint run --allow-parallel-runners ./...
	bin/golangci-lint run --allow-parallel-runners --config .golangci-kal.yml ./api/...

verify: needs generate bin/golangci-lint ## Generate, format, lint, and fail if that changes anything.
	internal/tools/verify.sh

# What ships, and what it may be licensed under.
PROGRAMS := . ./cmd/kubectl-domicile
LICENCES := Apache-2.0,BSD-2-Clause,BSD-3-Clause,ISC,MIT

vulnerabilities: ## Look for known vulnerabilities in what the programs call (asks vuln.go.dev).
	go run golang.org/x/vuln/cmd/govulncheck@v1.9.0 $(PROGRAMS)

licences: ## Look at the licence of every module that the programs are made of.
	go run github.com/google/go-licenses@v1.6.0 check $(PROGRAMS) --ignore github.com/domicile-dev/domicile --allowed_licenses=$(LICENCES)

build: ## Build the manager and the kubectl plugin into bin/.
	go build -o bin/manager .
	go build -o bin/kubectl-domicile ./cmd/kubectl-domicile

image: ## Build the container image (IMAGE=name:tag).
	internal/tools/image.sh $(IMAGE)

release: needs bin/helm bin/kustomize ## Make everything that a release consists of, in FOLDER; VERSION=v1.2.3 is the chart's.
	internal/tools/release.sh $(VERSION) $(or $(FOLDER),dist)

release-check: needs bin/helm bin/kustomize bin/registry bin/controlplane ## Make a release twice, compare, and install it from a registry (PLATFORMS=linux/amd64 ARCHITECTURES=amd64 for a part).
	internal/tools/release-check.sh

test-image: needs ## Build the image as root without a registry, and look at what is in it.
	test/image/run

generate: $(TOOLS) bin/helm-docs ## Write deepcopies, CRDs, RBAC, chart files, config/ and the API reference.
	internal/tools/generate.sh

docs: needs bin/site-tools ## Build the documentation site into bin/site; fails if a link leads nowhere.
	NO_MKDOCS_2_WARNING=1 bin/site-tools/bin/mkdocs build --strict --quiet

controlplane: $(if $(VERSION),bin/kubernetes-$(VERSION)/controlplane,bin/controlplane) ## Build the control plane that tests and demo run (VERSION=1.33 for another one of test/rig/controlplane/versions).

up: bin/controlplane ## Start that control plane and leave it running.
	bin/controlplane up --detach

down: bin/controlplane ## End what `make up` or `make demo KEEP=1` started.
	bin/controlplane down

# What follows is built once, and again when its module changes.
bin/controller-gen: package := sigs.k8s.io/controller-tools/cmd/controller-gen
bin/crd-ref-docs:   package := github.com/elastic/crd-ref-docs
bin/helm:           package := helm.sh/helm/v4/cmd/helm
bin/kustomize:      package := sigs.k8s.io/kustomize/kustomize/v5
bin/golangci-lint:  package := sigs.k8s.io/kube-api-linter/cmd/golangci-lint-kube-api-linter
bin/promtool:       package := github.com/prometheus/prometheus/cmd/promtool
bin/promtool:       flags := -tags remove_all_sd # nothing is scraped here
$(TOOLS): internal/tools/go.mod internal/tools/go.sum
bin/golangci-lint: internal/tools/lint/go.mod internal/tools/lint/go.sum
bin/promtool: internal/tools/promtool/go.mod internal/tools/promtool/go.sum
bin/helm-docs:      package := github.com/norwoodj/helm-docs/cmd/helm-docs
bin/helm-docs: internal/tools/helmdocs/go.mod internal/tools/helmdocs/go.sum
$(TOOLS) bin/golangci-lint bin/helm-docs bin/promtool:
	@echo "Compiling $@ …"
	@nice go -C $(<D) build -buildvcs=false $(flags) -o $(CURDIR)/$@ $(package) && touch $@

bin/site-tools: internal/tools/site/requirements.txt
bin/litellm: test/e2e/gateway/litellm/requirements.txt
bin/site-tools bin/litellm:
	@rm -rf $@ && python3 -m venv $@ && $@/bin/pip install --quiet --disable-pip-version-check --requirement $< && touch $@

bin/registry: $(shell find test/rig/registry -type f)
	@echo "Compiling $@ …"
	@nice go -C test/rig/registry build -buildvcs=false -ldflags '-s -w' -o $(CURDIR)/$@ . && touch $@

bin/operators/%/operator: test/rig/operators/%/go.mod test/rig/operators/%/go.sum test/rig/operators/build.sh bin/kustomize
	@echo "Compiling $* …"
	@nice test/rig/operators/build.sh $* && touch $@
.PRECIOUS: bin/operators/%/operator

bin/proxies: test/e2e/gateway/install.sh test/e2e/gateway/requirements.txt
	@test/e2e/gateway/install.sh

bin/gitops: $(shell find test/rig/gitops -type f)
	@test/rig/gitops/build.sh

bin/kubernetes-%/controlplane: test/rig/controlplane/versions/%.mod $(shell find test/rig/controlplane -type f ! -name '*_test.go' ! -path '*/versions/*')
	@test/rig/controlplane/build.sh $*
.PRECIOUS: bin/kubernetes-%/controlplane

bin/controlplane: $(shell find test/rig/controlplane -type f ! -name '*_test.go' ! -path '*/versions/*')
	@test/rig/controlplane/build.sh

.PHONY: needs help demo test test-e2e test-gateway test-controllers test-gitops test-ipv6 test-mirror test-faults test-versions quick test-image nightly fuzz bench-ownership bench-compare bench-audit bench-review bench-admission bench-mirror bench-world bench-gateway fmt lint verify vulnerabilities licences build image release release-check generate docs controlplane up down
