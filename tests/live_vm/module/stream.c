// SPDX-License-Identifier: GPL-2.0-or-later
/* The sensor while it streams: one frame after another, each with the settings that real latencies give it. */
#include <linux/delay.h>
#include <linux/freezer.h>
#include <linux/kthread.h>
#include <linux/math64.h>
#include <media/v4l2-event.h>

#include "vcam.h"

u64 vcam_duration_ns(const struct vcam_mode *mode, u64 lines)
{
	return div_u64((mode->w + mode->hblank) * lines * 1000000000ULL, (u32)VCAM_PIXEL_RATE);
}

static u32 delay_of(int frames)
{
	return clamp(frames, 1, VCAM_LONGEST_DELAY) - 1;
}

/* Registers are read at a frame's start: what is written while frame n is exposed is in n + 1's entry. */
static struct vcam_settings settings_of(const struct vcam_settings *history, u32 n)
{
	const struct vcam_settings *gains = &history[(n - delay_of(vcam_params.gain_delay)) % VCAM_LONGEST_DELAY];
	struct vcam_settings s = history[(n - delay_of(vcam_params.exp_delay)) % VCAM_LONGEST_DELAY];

	s.again = gains->again;
	s.dgain = gains->dgain;
	s.focus = history[n % VCAM_LONGEST_DELAY].focus;
	return s;
}

static struct vcam_buffer *next_buffer(struct vcam *v)
{
	struct vcam_buffer *b;

	spin_lock(&v->qlock);
	b = list_first_entry_or_null(&v->bufs, struct vcam_buffer, list);
	if (b)
		list_del(&b->list);
	spin_unlock(&v->qlock);
	return b;
}

static void deliver(struct vcam *v, struct vcam_buffer *b, const struct vcam_settings *s, struct vcam_time time)
{
	const int every = vcam_params.error_every;
	const bool bad = every > 0 && time.sequence % every == every - 1;
	const u64 begin = ktime_get_ns();

	b->vb.vb2_buf.timestamp = begin;
	b->vb.sequence = time.sequence;
	b->vb.field = V4L2_FIELD_NONE;
	vcam_generate(v, s, time, vb2_plane_vaddr(&b->vb.vb2_buf, 0));
	vb2_set_plane_payload(&b->vb.vb2_buf, 0, v->pix.sizeimage);
	vb2_buffer_done(&b->vb.vb2_buf, bad ? VB2_BUF_STATE_ERROR : VB2_BUF_STATE_DONE);
	vcam_params.gen_us = (int)div_u64(ktime_get_ns() - begin, 1000);
}

static int stream(void *data)
{
	struct vcam *v = data;
	struct vcam_settings history[VCAM_LONGEST_DELAY];
	struct vcam_time time = {};
	u64 next = ktime_get_ns();
	u32 i;

	for (i = 0; i < ARRAY_SIZE(history); i++)
		history[i] = v->cur;
	set_freezable();
	while (!kthread_should_stop()) {
		struct v4l2_event ev = { .type = V4L2_EVENT_FRAME_SYNC, .u.frame_sync.frame_sequence = time.sequence };
		struct vcam_settings s;
		struct vcam_buffer *b;
		u64 frame_ns, now;

		history[time.sequence % VCAM_LONGEST_DELAY] = v->cur;
		s = settings_of(history, time.sequence);
		v4l2_event_queue(v->sensor.devnode, &ev);
		b = next_buffer(v);
		if (b)
			deliver(v, b, &s, time);
		frame_ns = vcam_duration_ns(v->mode, v->mode->h + s.vblank);
		next += frame_ns;
		time.start_ns += frame_ns;
		time.sequence++;
		now = ktime_get_ns();
		if (now < next) {
			const u32 us = (u32)div_u64(next - now, 1000);

			if (us > 20)
				usleep_range(us - 10, us + 200);
		} else {	/* the generator is slower than the sensor */
			vcam_params.late_frames++;
			if (vcam_params.slip)
				next = now;
			for (; next < now; next += frame_ns, time.start_ns += frame_ns, time.sequence++)
				history[time.sequence % VCAM_LONGEST_DELAY] = v->cur;
			cond_resched();
		}
		try_to_freeze();
	}
	return 0;
}

int vcam_stream_start(struct vcam *v)
{
	struct task_struct *thread = kthread_run(stream, v, VCAM_NAME);

	if (IS_ERR(thread))
		return PTR_ERR(thread);
	v->thread = thread;
	return 0;
}

void vcam_stream_stop(struct vcam *v)
{
	kthread_stop(v->thread);
	v->thread = NULL;
}
