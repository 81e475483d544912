/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "flame.h"
#include "text.h"

enum { WIDTH = 1200, MARGIN = 10, ROW = 17, TOP = 60, BOTTOM = 24 };

/* What is narrower than this part of a pixel is left out: nobody can see it. */
#define NARROWEST 0.05

/* A function, below those that have called it. */
struct flame_node {
	struct flame_node *children; /* by name */
	char *name;
	enum stack_path_kind kind;
	uint64_t weight, before; /* in the profile that it is compared with */
	UT_hash_handle hh;
};

struct flame {
	struct flame_node root;
	uint64_t depth; /* of the longest path */
	bool compares, icicle;
};

struct flame *flame_new(void)
{
	struct flame *f = calloc(1, sizeof(*f));

	if (!f || !(f->root.name = strdup("all")))
		buffer_no_memory();
	return f;
}

static void flame_free_children(struct flame_node *node)
{
	struct flame_node *child, *next;

	HASH_ITER(hh, node->children, child, next)
	{
		HASH_DEL(node->children, child);
		flame_free_children(child);
		free(child->name);
		free(child);
	}
}

void flame_free(struct flame *f)
{
	if (!f)
		return;
	flame_free_children(&f->root);
	free(f->root.name);
	free(f);
}

static struct flame_node *flame_child(struct flame_node *node, const char *name, enum stack_path_kind kind)
{
	struct flame_node *child;

	HASH_FIND_STR(node->children, name, child);
	if (child)
		return child;
	child = calloc(1, sizeof(*child));
	if (!child || !(child->name = strdup(name)))
		buffer_no_memory();
	child->kind = kind;
	HASH_ADD_KEYPTR(hh, node->children, child->name, strlen(child->name), child);
	return child;
}

static void flame_add_to(struct flame *f, const struct stack_path *path, uint64_t weight, uint64_t before)
{
	struct flame_node *node = &f->root;

	node->weight += weight;
	node->before += before;
	for (size_t i = 0; i < path->count; i++) {
		node = flame_child(node, stack_path_name(path, i), path->frames[i].kind);
		node->weight += weight;
		node->before += before;
	}
	if (path->count > f->depth)
		f->depth = path->count;
}

void flame_add(struct flame *f, const struct stack_path *path, uint64_t weight)
{
	/* folded lines have no other semicolons than those between names */
	for (size_t i = 0; f->compares && i < path->count; i++)
		for (char *c = path->names.data + path->frames[i].offset; *c; c++)
			if (*c == ';')
				*c = ':';
	flame_add_to(f, path, weight, 0);
}

void flame_set_icicle(struct flame *f)
{
	f->icicle = true;
}

int flame_compare(struct flame *f, FILE *baseline, uint64_t *line)
{
	struct stack_path path = {0};
	char *text = NULL;
	size_t room = 0;
	uint64_t weight;
	int ret = 0;

	f->compares = true;
	for (*line = 1; !ret && getline(&text, &room, baseline) > 0; ++*line) {
		text[strcspn(text, "\r\n")] = '\0';
		if (!*text)
			continue;
		if (!stack_path_unfold(&path, text, &weight) || weight > UINT64_MAX - f->root.before)
			ret = -EINVAL;
		else
			flame_add_to(f, &path, 0, weight);
	}
	if (ret)
		--*line;
	else if (ferror(baseline))
		ret = -EIO;
	free(text);
	stack_path_free(&path);
	return ret;
}

/* ---- the file ---- */

struct flame_picture {
	struct buffer out;
	const struct flame *flame;
	double scale, scale_before; /* pixels for one */
	double most;		    /* the greatest difference of shares */
	const char *unit;
};

/* Where a node is drawn: what is counted to the left of it, now and in the other profile. */
struct flame_place {
	uint64_t left, left_before, depth;
};

static void flame_escape(struct buffer *out, const char *text)
{
	struct buffer utf8 = {0};

	text_add_utf8(&utf8, text, strlen(text));
	for (size_t i = 0; i < utf8.size; i++)
		switch (utf8.data[i]) {
		case '<':
			buffer_text(out, "&lt;");
			break;
		case '>':
			buffer_text(out, "&gt;");
			break;
		case '&':
			buffer_text(out, "&amp;");
			break;
		case '"':
			buffer_text(out, "&quot;");
			break;
		default:
			buffer_char(out, utf8.data[i]);
		}
	buffer_free(&utf8);
}

static double flame_share(uint64_t part, uint64_t all)
{
	return all ? (double)part / all : 0;
}

/* How much larger its share is than in the other profile. */
static double flame_difference(const struct flame *f, const struct flame_node *node)
{
	return flame_share(node->weight, f->root.weight) - flame_share(node->before, f->root.before);
}

static double flame_most_difference(const struct flame *f, const struct flame_node *node)
{
	double most = flame_difference(f, node);

	if (most < 0)
		most = -most;
	for (const struct flame_node *child = node->children; child; child = child->hh.next) {
		double of_child = flame_most_difference(f, child);

		if (of_child > most)
			most = of_child;
	}
	return most;
}

/* Red is what has grown, blue what has shrunk. */
static void flame_difference_colour(struct flame_picture *p, const struct flame_node *node)
{
	double share = p->most > 0 ? flame_difference(p->flame, node) / p->most : 0;

	buffer_printf(&p->out, "hsl(%u,%u%%,%u%%)", share < 0 ? 220 : 0, share ? 90 : 0,
		(unsigned)(92 - 40 * (share < 0 ? -share : share)));
}

/* The same name has the same colour in each picture; the kernel's are cooler. */
static void flame_colour(struct flame_picture *p, const struct flame_node *node)
{
	static const unsigned hues[] = {
		[STACK_PATH_OTHER] = 95, [STACK_PATH_USER] = 15, [STACK_PATH_KERNEL] = 28};
	unsigned hash = 5381;

	if (p->flame->compares) {
		flame_difference_colour(p, node);
		return;
	}
	for (const char *c = node->name; *c; c++)
		hash = hash * 33 + (unsigned char)*c;
	buffer_printf(&p->out, "hsl(%u,%u%%,%u%%)", hues[node->kind] + hash % 12, 60 + hash / 12 % 30,
		58 + hash / 360 % 14);
}

static int flame_by_name(struct flame_node *a, struct flame_node *b)
{
	return strcmp(a->name, b->name);
}

static void flame_draw_title(struct flame_picture *p, const struct flame_node *node)
{
	const struct flame_node *root = &p->flame->root;

	buffer_text(&p->out, "<title>");
	flame_escape(&p->out, node->name);
	buffer_printf(&p->out, " (%" PRIu64 " %s, %.2f%%", node->weight, p->unit,
		root->weight ? 100.0 * node->weight / root->weight : 100.0);
	if (p->flame->compares)
		buffer_printf(&p->out, "; before %.2f%%", 100 * flame_share(node->before, root->before));
	buffer_text(&p->out, ")</title>");
}

static void flame_draw_node(
	struct flame_picture *p, const struct flame_node *node, const struct flame_place *at)
{
	double width = node->weight * p->scale, x = MARGIN + at->left * p->scale;
	uint64_t y = TOP + (p->flame->icicle ? at->depth : p->flame->depth - at->depth) * ROW;
	size_t letters = width > 20 ? (size_t)((width - 6) / 7) : 0, length = strlen(node->name);

	buffer_printf(&p->out,
		"<g class=\"f\" data-b=\"%" PRIu64 "\" data-w=\"%" PRIu64 "\" data-d=\"%" PRIu64 "\"",
		at->left, node->weight, at->depth);
	if (p->flame->compares)
		buffer_printf(&p->out, " data-before-b=\"%" PRIu64 "\" data-before-w=\"%" PRIu64 "\"%s",
			at->left_before, node->before, width < NARROWEST ? " style=\"display:none\"" : "");
	buffer_char(&p->out, '>');
	flame_draw_title(p, node);
	buffer_printf(&p->out, "<rect x=\"%.2f\" y=\"%" PRIu64 "\" width=\"%.2f\" height=\"%d\" fill=\"", x,
		y, width, ROW - 1);
	flame_colour(p, node);
	buffer_printf(&p->out, "\"/><text x=\"%.2f\" y=\"%" PRIu64 "\">", x + 3, y + ROW - 5);
	if (letters >= length || letters > 3) {
		char *cut = strndup(node->name, letters >= length ? length : letters - 2);

		if (!cut)
			buffer_no_memory();
		flame_escape(&p->out, cut);
		free(cut);
		if (letters < length)
			buffer_text(&p->out, "..");
	}
	buffer_text(&p->out, "</text></g>\n");
}

/* A node and all above it. */
static void flame_draw(struct flame_picture *p, struct flame_node *node, struct flame_place at)
{
	struct flame_node *child, *next;

	if (node->weight * p->scale < NARROWEST && node->before * p->scale_before < NARROWEST)
		return;
	flame_draw_node(p, node, &at);
	at.depth++;
	HASH_SORT(node->children, flame_by_name);
	HASH_ITER(hh, node->children, child, next)
	{
		flame_draw(p, child, at);
		at.left += child->weight;
		at.left_before += child->before;
	}
}

/* Works on what the elements say about themselves: data-b, what is counted to the left, data-w, what is
 * counted, and data-d, the depth. */
static const char flame_script[] =
	"'use strict';\n"
	"const svg = document.documentElement, all = [...document.querySelectorAll('g.f')];\n"
	"const top_ = +svg.dataset.top, row = +svg.dataset.row, margin = +svg.dataset.margin;\n"
	"const width = +svg.dataset.width - 2 * margin, depth = +svg.dataset.depth;\n"
	"const frames = all.map(g => ({g, name: g.querySelector('title').textContent.replace(/ \\([^(]*\\)$/, ''),\n"
	"  rect: g.querySelector('rect'), text: g.querySelector('text'), fill: g.querySelector('rect').getAttribute('fill'),\n"
	"  b: +g.dataset.b, w: +g.dataset.w, d: +g.dataset.d}));\n"
	"const compares = svg.dataset.compares === '1';\n"
	"let shown = frames[0], icicle = svg.dataset.icicle === '1', before = false, sought = null;\n"
	"function draw() {\n"
	"  for (const f of frames) {\n"
	"    const below = f.d < shown.d, holds = f.b <= shown.b && f.b + f.w >= shown.b + shown.w;\n"
	"    const inside = f.b >= shown.b && f.b + f.w <= shown.b + shown.w;\n"
	"    if (below ? !holds : !inside) { f.g.style.display = 'none'; continue; }\n"
	"    const x = below ? margin : margin + (f.b - shown.b) / shown.w * width;\n"
	"    const w = below ? width : f.w / shown.w * width;\n"
	"    const y = top_ + (icicle ? f.d : depth - f.d) * row;\n"
	"    f.g.style.display = w < 0.05 ? 'none' : '';\n"
	"    f.g.style.opacity = below ? 0.5 : 1;\n"
	"    f.rect.setAttribute('x', x); f.rect.setAttribute('width', w); f.rect.setAttribute('y', y);\n"
	"    f.text.setAttribute('x', x + 3); f.text.setAttribute('y', y + row - 5);\n"
	"    const n = w > 20 ? Math.floor((w - 6) / 7) : 0;\n"
	"    f.text.textContent = n >= f.name.length ? f.name : n > 3 ? f.name.slice(0, n - 2) + '..' : '';\n"
	"  }\n"
	"  document.getElementById('flip').textContent = icicle ? 'Flames' : 'Icicles';\n"
	"  if (compares) document.getElementById('change').textContent = before ? 'Widths: before' : 'Widths: now';\n"
	"  document.getElementById('reset').style.display = shown === frames[0] ? 'none' : '';\n"
	"}\n"
	"function search(text) {\n"
	"  let matches = null, found = 0, end = 0;\n"
	"  if (text) {\n"
	"    let pattern;\n"
	"    try { pattern = new RegExp(text, 'i'); } catch { pattern = null; }\n"
	"    matches = name => pattern ? pattern.test(name) : name.includes(text);\n"
	"  }\n"
	"  sought = text;\n"
	"  /* each is counted once, even if it calls itself: in this order, what is inside comes after what holds it */\n"
	"  for (const f of [...frames].sort((x, y) => x.b - y.b || y.w - x.w || x.d - y.d)) {\n"
	"    const match = matches && matches(f.name);\n"
	"    f.rect.setAttribute('fill', match ? 'rgb(230,0,230)' : f.fill);\n"
	"    if (match && f.b >= end) { found += f.w; end = f.b + f.w; }\n"
	"  }\n"
	"  document.getElementById('matched').textContent = matches ?\n"
	"    'Matched: ' + (100 * found / (frames[0].w || 1)).toFixed(2) + '%' : '';\n"
	"  document.getElementById('search').textContent = matches ? 'Reset search' : 'Search';\n"
	"}\n"
	"function zoom(f) { shown = f; draw(); }\n"
	"function flip() { icicle = !icicle; draw(); }\n"
	"/* what was counted in the profile that this one is compared with, or what is counted now */\n"
	"function change() {\n"
	"  before = !before;\n"
	"  for (const f of frames) {\n"
	"    const data = f.g.dataset;\n"
	"    f.b = +(before ? data.beforeB : data.b); f.w = +(before ? data.beforeW : data.w);\n"
	"  }\n"
	"  if (!shown.w) shown = frames[0];\n"
	"  search(sought); draw();\n"
	"}\n"
	"function ask() { search(sought ? null : prompt('Functions whose names match (a regular expression):', '')); }\n"
	"for (const f of frames) {\n"
	"  f.g.addEventListener('click', () => zoom(f));\n"
	"  f.g.addEventListener('mouseover', () => {\n"
	"    document.getElementById('details').textContent = f.g.querySelector('title').textContent; });\n"
	"  f.g.addEventListener('mouseout', () => { document.getElementById('details').textContent = ''; });\n"
	"}\n"
	"document.getElementById('reset').addEventListener('click', () => zoom(frames[0]));\n"
	"document.getElementById('flip').addEventListener('click', flip);\n"
	"if (compares) document.getElementById('change').addEventListener('click', change);\n"
	"document.getElementById('search').addEventListener('click', ask);\n"
	"window.addEventListener('keydown', e => {\n"
	"  if ((e.ctrlKey || e.metaKey) && e.key === 'f') { e.preventDefault(); ask(); }\n"
	"  else if (e.key === 'Escape') zoom(frames[0]);\n"
	"  else if (e.key === 'i') flip();\n"
	"  else if (e.key === 'b' && compares) change();\n"
	"});\n"
	"draw();\n";

static void flame_button(struct buffer *out, const char *id, int x, const char *anchor, const char *text)
{
	buffer_printf(out, "<text id=\"%s\" class=\"b\" x=\"%d\" y=\"42\" text-anchor=\"%s\">%s</text>\n", id,
		x, anchor, text);
}

int flame_write(struct flame *f, FILE *out, const char *title, const char *unit)
{
	const double width = WIDTH - 2.0 * MARGIN;
	struct flame_picture p = {.flame = f,
		.scale = f->root.weight ? width / f->root.weight : 0,
		.scale_before = f->root.before ? width / f->root.before : 0,
		.most = f->compares ? flame_most_difference(f, &f->root) : 0,
		.unit = unit};
	uint64_t height = TOP + (f->depth + 1) * ROW + BOTTOM;
	int ret = 0;

	buffer_printf(&p.out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n"
		"<svg version=\"1.1\" xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%" PRIu64
		"\" viewBox=\"0 0 %d %" PRIu64 "\" data-top=\"%d\" data-row=\"%d\" data-margin=\"%d\" "
		"data-width=\"%d\" data-depth=\"%" PRIu64 "\" data-icicle=\"%d\" data-compares=\"%d\">\n",
		WIDTH, height, WIDTH, height, TOP, ROW, MARGIN, WIDTH, f->depth, f->icicle, f->compares);
	buffer_text(&p.out,
		"<style>text{font:12px monospace;fill:#000}.f{cursor:pointer}.f text{pointer-events:none}"
		".f:hover rect{stroke:#000;stroke-width:.5}.b{cursor:pointer;fill:#444}"
		"#title{font-size:17px;text-anchor:middle}</style>\n"
		"<rect width=\"100%\" height=\"100%\" fill=\"#f8f8f8\"/>\n");
	buffer_printf(&p.out, "<text id=\"title\" x=\"%d\" y=\"24\">", WIDTH / 2);
	flame_escape(&p.out, title);
	buffer_text(&p.out, "</text>\n");
	flame_button(&p.out, "reset", MARGIN, "start", "Reset zoom");
	flame_button(&p.out, "flip", WIDTH / 2, "middle", "Icicles");
	if (f->compares)
		flame_button(&p.out, "change", WIDTH / 4, "middle", "Widths: now");
	flame_button(&p.out, "search", WIDTH - MARGIN, "end", "Search");
	buffer_printf(&p.out,
		"<text id=\"details\" x=\"%d\" y=\"%" PRIu64 "\"></text>\n"
		"<text id=\"matched\" x=\"%d\" y=\"%" PRIu64 "\" text-anchor=\"end\"></text>\n",
		MARGIN, height - 8, WIDTH - MARGIN, height - 8);
	flame_draw(&p, &f->root, (struct flame_place){0});
	buffer_text(&p.out, "<script><![CDATA[\n");
	buffer_text(&p.out, flame_script);
	buffer_text(&p.out, "]]></script>\n</svg>\n");
	if (fwrite(p.out.data, 1, p.out.size, out) != p.out.size || fflush(out))
		ret = errno ? -errno : -EIO;
	buffer_free(&p.out);
	return ret;
}
