// SPDX-License-Identifier: GPL-2.0-or-later
/* The scene in front of the sensor: a color chart, fine texture, a grey ramp; or a file. And what the lens makes of it. */
#include <linux/kernel.h>
#include <linux/kernel_read_file.h>
#include <linux/math64.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "vcam.h"

/* Codes of the lens for one pixel of one color of blur, at 640 columns. */
#define CODES_PER_PIXEL 48

/* Linear R, G, B in 1/255, roughly a color chart. */
static const u8 patches[24][3] = {
	{ 44, 21, 15 }, { 142, 76, 57 }, { 29, 49, 87 }, { 26, 37, 13 }, { 60, 56, 114 }, { 29, 131, 102 },
	{ 178, 50, 7 }, { 18, 27, 97 }, { 139, 24, 32 }, { 28, 11, 36 }, { 88, 128, 12 }, { 194, 92, 6 },
	{ 8, 13, 74 }, { 16, 77, 17 }, { 111, 10, 12 }, { 203, 146, 2 }, { 129, 23, 79 }, { 1, 61, 93 },
	{ 230, 230, 225 }, { 147, 148, 147 }, { 92, 92, 92 }, { 49, 49, 50 }, { 23, 23, 23 }, { 8, 8, 8 },
};

/* RGGB: 0, 1, 2 for R, G, B. */
static u32 color_at(u32 x, u32 y)
{
	return (x & 1) + (y & 1);
}

static u32 reflectance(u32 x, u32 y, u32 w, u32 h)
{
	if (y < h / 2)
		return patches[(y * 8 / h) * 6 + x * 6 / w][color_at(x, y)];
	if (y < h * 3 / 4)	/* fine texture, for autofocus */
		return ((x >> 1) / 3 + (y >> 1) / 5) & 1 ? 180 : 30;
	return 4 + x * 200 / w;
}

static void make_scene(struct vcam *v, u32 w, u32 h)
{
	const u64 corner = (u64)(w / 2) * (w / 2) + (u64)(h / 2) * (h / 2);
	const u32 lost = (u32)vcam_params.vignette * 256 / 100;
	u32 x, y;

	for (y = 0; y < h; y++) {
		for (x = 0; x < w; x++) {
			const s64 dx = (s64)x - w / 2, dy = (s64)y - h / 2;
			const u32 kept = 256 - (u32)div64_u64((u64)(dx * dx + dy * dy) * lost, corner);

			v->scene[y * w + x] = min_t(u32, 65535, (reflectance(x, y, w, h) << 8) * kept >> 8);
		}
	}
}

static void load_scene(struct vcam *v, u32 w, u32 h)
{
	const char *path = vcam_params.scene_path;
	const size_t want = (size_t)w * h * 2;
	size_t size = 0;
	void *data = NULL;
	ssize_t n;

	make_scene(v, w, h);
	if (!path || !path[0])
		return;
	n = kernel_read_file_from_path(path, 0, &data, 64 << 20, &size, READING_UNKNOWN);
	if (n == want)
		memcpy(v->scene, data, want);
	else
		pr_warn(VCAM_NAME ": %s: %zd bytes, want %zu; keeping the built-in scene\n", path, n, want);
	if (n >= 0)
		vfree(data);
}

/*
 * The blur: a box over neighbours of one color, of the radius `blur` (Q8) in pixels of that color, whose last pixel on either side counts
 * in part, so that each code of the lens makes a picture of its own. Inside the first pixel that part is the square of the radius: the
 * variance of the blur then grows with the square of the defocus, as a thin lens's does, and the peak of any contrast measure is round,
 * not a cusp.
 */
struct box {
	int r;
	u64 part, inverse;	/* Q16; Q40 of 1 / weight, rounded up: an even surface stays as it is */
};

static struct box box_of(u32 blur)
{
	struct box box = { .r = blur >> 8, .part = blur < 256 ? (u64)blur * blur : (u64)(blur & 255) << 8 };
	const u64 weight = ((u64)(2 * box.r + 1) << 16) + 2 * box.part;

	box.inverse = div64_u64((1ULL << 40) + weight - 1, weight);
	return box;
}

static u16 weighted(u64 sum, u32 first, u32 last, const struct box *box)
{
	return ((sum << 16) + box->part * (first + last)) * box->inverse >> 40;
}

/* Pixels `from` to `to` of n, `step` apart, at the ends of a line, which goes on with its last pixel. Returns the sum for pixel `to`. */
static u64 blur_end(const u16 *s, u16 *d, int n, int from, int to, int step, const struct box *box, u64 sum)
{
	const int r = box->r;
	int i;

	for (i = from; i < to; i++) {
		const u32 first = s[max(i - r - 1, 0) * step], last = s[min(i + r + 1, n - 1) * step];

		d[i * step] = weighted(sum, first, last, box);
		sum += last;
		sum -= s[max(i - r, 0) * step];
	}
	return sum;
}

/*
 * A line of n pixels. A moving lens blurs every frame anew, and in an emulated guest each instruction counts: nothing is clamped between
 * the ends, or frames would come late.
 */
static void blur_pixels(const u16 *s, u16 *d, int n, int step, const struct box box)
{
	const int r = box.r, begin = min(r + 1, n), end = max(n - r - 1, begin);
	const u16 *after = s + (begin + r + 1) * step, *oldest = s + (begin - r) * step;
	u32 first = s[0];
	u64 sum = 0;
	u16 *out = d + begin * step, *out_end = d + end * step;
	int i;

	for (i = -r; i <= r; i++)
		sum += s[clamp(i, 0, n - 1) * step];
	sum = blur_end(s, d, n, 0, begin, step, &box, sum);
	for (; out != out_end; out += step, after += step, oldest += step) {
		const u32 last = *after;

		*out = weighted(sum, first, last, &box);
		first = *oldest;
		sum += last;
		sum -= first;
	}
	blur_end(s, d, n, end, n, step, &box, sum);
}

static void blur_axis(const u16 *in, u16 *out, u32 n, u32 lines, u32 step, u32 line_step, u32 blur)
{
	const struct box box = box_of(blur);
	u32 line, phase;

	for (line = 0; line < lines; line++) {
		for (phase = 0; phase < 2; phase++) {
			const u32 at = line * line_step + phase * step;

			blur_pixels(in + at, out + at, n / 2, step * 2, box);
		}
		if ((line & 63) == 63)
			cond_resched();
	}
}

const u16 *vcam_focused_scene(struct vcam *v, u32 focus)
{
	const u32 w = v->mode->w, h = v->mode->h;
	const u32 blur = (u32)abs((int)focus - vcam_params.focus_best) * w * 256 / (640 * CODES_PER_PIXEL);

	if (blur == 0)
		return v->scene;
	if (blur != v->blur) {
		blur_axis(v->scene, v->tmp, w, h, 1, w, blur);
		blur_axis(v->tmp, v->blurred, h, w, w, 1, blur);
		v->blur = blur;
	}
	return v->blurred;
}

int vcam_scene_start(struct vcam *v)
{
	const size_t bytes = (size_t)v->mode->w * v->mode->h * 2;

	v->scene = vmalloc(bytes);
	v->tmp = vmalloc(bytes);
	v->blurred = vmalloc(bytes);
	v->line = kmalloc(v->mode->w * 2, GFP_KERNEL);
	v->blur = 0;
	if (!v->scene || !v->tmp || !v->blurred || !v->line) {
		vcam_scene_stop(v);
		return -ENOMEM;
	}
	load_scene(v, v->mode->w, v->mode->h);
	return 0;
}

void vcam_scene_stop(struct vcam *v)
{
	vfree(v->scene);
	vfree(v->tmp);
	vfree(v->blurred);
	kfree(v->line);
	v->scene = v->tmp = v->blurred = v->line = NULL;
}
