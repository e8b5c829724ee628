# make demo   – the shop's admin and a customer's phone, with a year of history
# make test   – everything CI checks
# make check  – the fast loop while writing
# make dev    – server + simulator + Vite
# make bench  – the figures of ARCHITECTURE.md; ROW=name runs one
# make bench-pages – the admin at a million friends, in Chromium; FRIENDS=100000 is sooner done

CARGO ?= cargo
TARGET := $(or $(CARGO_TARGET_DIR),target)
WEB_STAMP := web/node_modules/.package-lock.json

.PHONY: demo test check dev bench bench-pages web web-deps web-test rust-test lint e2e clean

demo: web
	$(CARGO) build --release -p enishi
	$(TARGET)/release/enishi demo $(DEMO_ARGS)

web-deps: $(WEB_STAMP)
$(WEB_STAMP): web/package-lock.json
	cd web && npm ci --ignore-scripts --no-audit --no-fund

# Only when a page changed: what is built anew is also embedded anew, and that costs minutes.
WEB_SOURCES := $(shell find web/line-ui web/phone web/admin \( -name node_modules -o -name dist \) -prune -o -type f -print)
web: web/admin/dist/index.html web/phone/dist/index.html
web/admin/dist/index.html web/phone/dist/index.html &: $(WEB_STAMP) $(WEB_SOURCES)
	cd web && npm run build

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	@if command -v cargo-deny >/dev/null 2>&1; then $(CARGO) deny --offline check bans licenses sources; else echo "cargo-deny is not installed: skipped"; fi

rust-test:
	@if command -v cargo-nextest >/dev/null 2>&1; then $(CARGO) nextest run --workspace; else $(CARGO) test --workspace --all-targets; fi
	$(CARGO) test --doc -p ltv

web-test: web-deps
	cd web && npm run types && npm run lint && npm run unused && npm test

# The binary stands already after rust-test; building it again with other features would cost minutes.
e2e: web
	@test -x $(TARGET)/debug/enishi || $(CARGO) build -p enishi
	cd web && ENISHI_BIN=$(abspath $(TARGET))/debug/enishi npm run e2e

test: web lint rust-test web-test e2e

check:
	$(CARGO) clippy --workspace --all-targets
	cd web && npm run types && npm run lint

dev: web-deps
	./scripts/dev

bench: web
	$(CARGO) build --release -p enishi
	$(TARGET)/release/enishi bench $(if $(ROW),--row $(ROW))

bench-pages: web
	$(CARGO) build --release -p enishi
	cd web && ENISHI_BIN=$(abspath $(TARGET))/release/enishi npm run bench

clean:
	$(CARGO) clean
