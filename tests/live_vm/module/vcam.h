/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vcam - a virtual RAW camera: what its parts share.
 *
 * Media graph:   [sensor sub-device | 0] --> [0 | video node (unpacked or CSI-2 packed Bayer)]
 *                [sensor sub-device] == ancillary == [lens sub-device]
 *
 * Builds against 6.1 (Debian 12) and 6.12 (Debian 13). The use of the kernel's interfaces follows drivers/media/test-drivers/vimc.
 */
#ifndef VCAM_H
#define VCAM_H

#include <linux/types.h>
#include <linux/version.h>
#include <media/media-device.h>
#include <media/v4l2-ctrls.h>
#include <media/v4l2-device.h>
#include <media/v4l2-subdev.h>
#include <media/videobuf2-v4l2.h>

#define VCAM_NAME "vcam"
#define VCAM_PIXEL_RATE 74250000LL
#define VCAM_ARRAY_WIDTH 1920
#define VCAM_ARRAY_HEIGHT 1080
#define VCAM_FOCUS_START 400
#define VCAM_LONGEST_DELAY 8	/* frames, of exposure and gain */

/* Module parameters; driver.c says what they mean. Those that may change while streaming are read once a frame. */
struct vcam_params {
	char *mdev_driver, *sensor_name, *scene_path;
	int exp_delay, gain_delay;
	int black_level, noise, vignette, stamp, stride_align;
	int light, wb_r, wb_b;
	int focus_best;
	int flicker_hz, flicker_percent;
	int error_every, slip;
	int gen_us, late_frames;
};
extern struct vcam_params vcam_params;

struct vcam_mode {
	u32 w, h, hblank, vblank;
};
#define VCAM_MODES 3
extern const struct vcam_mode vcam_modes[VCAM_MODES];

struct vcam_format {
	u32 code, fourcc;
	u8 bits, packed;
};

/* Registers of sensor and lens: exposure and vblank in lines, gains in 1/16 and 1/256, focus in codes. */
struct vcam_settings {
	u32 exposure, again, dgain, vblank, focus;
};

/* One frame's place in the sensor's own time, which runs by frame durations, whatever the host does. */
struct vcam_time {
	u32 sequence;
	u64 start_ns;
};

struct vcam {
	struct media_device mdev;
	struct v4l2_device v4l2_dev;
	/* sensor */
	struct v4l2_subdev sensor;
	struct media_pad sensor_pad;
	struct v4l2_ctrl_handler hdl;
	struct v4l2_ctrl *exposure, *hblank, *vblank;
	struct v4l2_mbus_framefmt mf;
	const struct vcam_mode *mode;
	struct vcam_settings cur;
	/* lens */
	struct v4l2_subdev lens;
	struct v4l2_ctrl_handler lens_hdl;
	/* capture */
	struct video_device vdev;
	struct media_pad vdev_pad;
	struct media_pipeline pipe;
	struct vb2_queue queue;
	struct mutex lock;
	spinlock_t qlock;	/* of bufs */
	struct list_head bufs;
	struct v4l2_pix_format pix;
	const struct vcam_format *fmt;
	/* generator */
	struct task_struct *thread;
	u16 *scene, *blurred, *tmp;	/* radiance, 65535 = 1000 codes of 10 bits at 500 lines and gain 1 */
	u32 blur;			/* radius of `blurred`, Q8 pixels of one color; 0: none is made */
	u16 *line;			/* a row before it is packed */
	u16 sigma[4096];		/* of the noise by signal, Q12 against the generator's */
};

struct vcam_buffer {
	struct vb2_v4l2_buffer vb;
	struct list_head list;
};

/* scene.c */
int vcam_scene_start(struct vcam *v);	/* for the mode in force; -ENOMEM */
void vcam_scene_stop(struct vcam *v);
const u16 *vcam_focused_scene(struct vcam *v, u32 focus);

/* frame.c */
void vcam_noise_init(struct vcam *v);
void vcam_generate(struct vcam *v, const struct vcam_settings *s, struct vcam_time time, u8 *out);

/* stream.c */
u64 vcam_duration_ns(const struct vcam_mode *mode, u64 lines);	/* of so many lines */
int vcam_stream_start(struct vcam *v);
void vcam_stream_stop(struct vcam *v);

/* sensor.c */
const struct vcam_mode *vcam_find_mode(u32 w, u32 h);
int vcam_add_sensor(struct vcam *v);
int vcam_add_lens(struct vcam *v);

/* capture.c */
int vcam_add_capture(struct vcam *v);

#endif
