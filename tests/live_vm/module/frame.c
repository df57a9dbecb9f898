// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One frame: DN = black + scene x exposure x gains x light x white balance x flicker, with noise, clipped; stamped; packed if asked.
 * Frame n has the same noise in every run.
 */
#include <linux/bug.h>	/* fixp-arith.h needs it and does not say so */
#include <linux/fixp-arith.h>
#include <linux/math64.h>
#include <linux/sched.h>

#include "vcam.h"

#define TURN 180000	/* a full circle of fixp_sin32_rad(): a multiple of 360, below 2^18 */

struct exposure_gain {
	u64 r, g, b;	/* scene to codes, Q24 */
};

void vcam_noise_init(struct vcam *v)
{
	u32 i;

	for (i = 0; i < 4096; i++) {	/* shot + read noise; the sum of 4 bytes has sigma 148 */
		const u32 root = int_sqrt(i * 64 * 4 + 64 * 64 * 2);	/* Q6 of sqrt(DN/16 + 2) */

		v->sigma[i] = root * 4096 / 64 / 148;
	}
}

static s32 sine(u64 ns, u64 period_ns)
{
	u64 phase;

	div64_u64_rem(ns, period_ns, &phase);
	return fixp_sin32_rad((u32)div64_u64(phase * TURN, period_ns), TURN);
}

/* Mains light over one row's exposure, Q16 against its mean: the integral of 1 + depth x cos(2 pi f t) over [start, start + length]. */
static u64 flicker(u64 start_ns, u64 length_ns)
{
	const int hz = READ_ONCE(vcam_params.flicker_hz), percent = clamp(READ_ONCE(vcam_params.flicker_percent), 0, 100);
	u64 period;
	s64 swing;

	if (hz <= 0 || percent == 0 || length_ns == 0)
		return 1 << 16;
	period = div_u64(1000000000ULL, hz);
	swing = ((s64)sine(start_ns + length_ns, period) - sine(start_ns, period)) >> 15;	/* Q16 */
	/* over the angle 2 pi length / period; 2 pi is 411775 in Q16 */
	swing = div64_s64(swing * (s64)period * 65536, (s64)length_ns * 411775);
	return (1 << 16) + div_s64(swing * percent, 100);
}

static struct exposure_gain gain_of(const struct vcam *v, const struct vcam_settings *s, u64 light)
{
	const u32 extra_bits = v->fmt->bits - 10;
	/* again is Q4, dgain Q8, light Q8: 65535 at 500 lines and gain 1 is 1000 codes of 10 bits above black */
	const u64 f = (u64)s->exposure * s->again * s->dgain * (u32)vcam_params.light >> 8;
	struct exposure_gain gain = { .g = (f >> (3 - extra_bits)) * light >> 16 };

	gain.r = gain.g * (u32)vcam_params.wb_r >> 8;
	gain.b = gain.g * (u32)vcam_params.wb_b >> 8;
	return gain;
}

static void expose_row(const struct vcam *v, const u16 *src, u16 *dst, u64 even, u64 odd, u32 *noise)
{
	const u32 maxv = (1 << v->fmt->bits) - 1, black = vcam_params.black_level << (v->fmt->bits - 10);
	const u64 gain[2] = { even, odd };
	u32 x, rng = noise ? *noise : 0;

	if (!noise) {
		for (x = 0; x < v->mode->w; x++)
			dst[x] = min_t(u64, (src[x] * gain[x & 1] >> 24) + black, maxv);
		return;
	}
	for (x = 0; x < v->mode->w; x++) {
		const u32 val = min_t(u64, src[x] * gain[x & 1] >> 24, 4095 << 3);
		int nz;

		rng ^= rng << 13;
		rng ^= rng >> 17;
		rng ^= rng << 5;
		nz = (int)((rng & 255) + (rng >> 8 & 255) + (rng >> 16 & 255) + (rng >> 24)) - 510;
		nz = (nz * (int)v->sigma[min_t(u32, val, 4095)]) >> 12;
		dst[x] = clamp_t(int, (int)(val + black) + nz, 0, maxv);
	}
	*noise = rng;
}

/* Ten pixels, low byte first: what made this very frame. */
static void stamp(const struct vcam_settings *s, u32 sequence, u16 *row)
{
	const u32 values[5] = { sequence, s->exposure, s->again, s->dgain, s->focus };
	u32 i;

	for (i = 0; i < 5; i++) {
		row[2 * i] = values[i] & 255;
		row[2 * i + 1] = values[i] >> 8 & 255;
	}
}

/* CSI-2: the high bits of 4 (or 2) pixels, then a byte of their low bits. */
static void pack_row(const u16 *s, u8 *p, u32 w, u32 bits)
{
	u32 x;

	if (bits == 10) {
		for (x = 0; x < w; x += 4, p += 5) {
			p[0] = s[x] >> 2;
			p[1] = s[x + 1] >> 2;
			p[2] = s[x + 2] >> 2;
			p[3] = s[x + 3] >> 2;
			p[4] = (s[x] & 3) | (s[x + 1] & 3) << 2 | (s[x + 2] & 3) << 4 | (s[x + 3] & 3) << 6;
		}
	} else {
		for (x = 0; x < w; x += 2, p += 3) {
			p[0] = s[x] >> 4;
			p[1] = s[x + 1] >> 4;
			p[2] = (s[x] & 15) | (s[x + 1] & 15) << 4;
		}
	}
}

void vcam_generate(struct vcam *v, const struct vcam_settings *s, struct vcam_time time, u8 *out)
{
	const u32 w = v->mode->w, h = v->mode->h;
	const u16 *scene = vcam_focused_scene(v, s->focus);
	const u64 exposure_ns = vcam_duration_ns(v->mode, s->exposure);
	const bool noisy = vcam_params.noise, stamped = vcam_params.stamp;
	u32 rng = (0x12345678 ^ time.sequence * 0x9e3779b9) | 1, y;

	for (y = 0; y < h; y++) {
		u8 *row = out + y * v->pix.bytesperline;
		u16 *dst = v->fmt->packed ? v->line : (u16 *)row;
		const u64 row_start = time.start_ns + vcam_duration_ns(v->mode, y);
		const struct exposure_gain gain = gain_of(v, s, flicker(row_start, exposure_ns));

		expose_row(v, scene + y * w, dst, y & 1 ? gain.g : gain.r, y & 1 ? gain.b : gain.g, noisy ? &rng : NULL);
		if (y == 0 && stamped)
			stamp(s, time.sequence, dst);
		if (v->fmt->packed)
			pack_row(dst, row, w, v->fmt->bits);
		if ((y & 63) == 63)
			cond_resched();
	}
}
