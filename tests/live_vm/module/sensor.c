// SPDX-License-Identifier: GPL-2.0-or-later
/* The sensor and the lens as V4L2 sub-devices: modes, formats, controls. */
#include <media/v4l2-event.h>

#include "vcam.h"

const struct vcam_mode vcam_modes[VCAM_MODES] = {	/* all 30 fps with the default vblank */
	{ 640, 480, 1835, 520 },
	{ 1280, 720, 1195, 280 },
	{ 1920, 1080, 280, 45 },
};

static const u32 codes[] = { MEDIA_BUS_FMT_SRGGB10_1X10, MEDIA_BUS_FMT_SRGGB12_1X12 };
static const char * const test_pattern[] = { "Disabled", NULL };

/* The mode of that size; else the largest one that fits into it. */
const struct vcam_mode *vcam_find_mode(u32 w, u32 h)
{
	const struct vcam_mode *best = &vcam_modes[0];
	unsigned int i;

	for (i = 0; i < VCAM_MODES; i++)
		if (vcam_modes[i].w <= w && vcam_modes[i].h <= h)
			best = &vcam_modes[i];
	return best;
}

/* ------------------------------------------------------------ sensor: controls */

static int sensor_s_ctrl(struct v4l2_ctrl *c)
{
	struct vcam *v = container_of(c->handler, struct vcam, hdl);
	s64 longest;

	switch (c->id) {
	case V4L2_CID_EXPOSURE:
		v->cur.exposure = c->val;
		break;
	case V4L2_CID_ANALOGUE_GAIN:
		v->cur.again = c->val;
		break;
	case V4L2_CID_DIGITAL_GAIN:
		v->cur.dgain = c->val;
		break;
	case V4L2_CID_VBLANK:
		v->cur.vblank = c->val;
		longest = v->mode->h + c->val - 4;
		__v4l2_ctrl_modify_range(v->exposure, 1, longest, 1, min_t(s64, v->exposure->default_value, longest));
		break;
	}
	return 0;
}

static const struct v4l2_ctrl_ops sensor_ctrl_ops = { .s_ctrl = sensor_s_ctrl };

static int add_sensor_controls(struct vcam *v)
{
	struct v4l2_ctrl_handler *h = &v->hdl;
	const struct vcam_mode *m = v->mode;

	v4l2_ctrl_handler_init(h, 9);
	v->hblank = v4l2_ctrl_new_std(h, &sensor_ctrl_ops, V4L2_CID_HBLANK, m->hblank, m->hblank, 1, m->hblank);
	v->exposure = v4l2_ctrl_new_std(h, &sensor_ctrl_ops, V4L2_CID_EXPOSURE, 1, m->h + m->vblank - 4, 1, 500);
	v4l2_ctrl_new_std(h, &sensor_ctrl_ops, V4L2_CID_ANALOGUE_GAIN, 16, 256, 1, 16);
	v4l2_ctrl_new_std(h, &sensor_ctrl_ops, V4L2_CID_DIGITAL_GAIN, 256, 4095, 1, 256);
	v->vblank = v4l2_ctrl_new_std(h, &sensor_ctrl_ops, V4L2_CID_VBLANK, 8, 65535 - m->h, 1, m->vblank);
	v4l2_ctrl_new_std(h, NULL, V4L2_CID_PIXEL_RATE, VCAM_PIXEL_RATE, VCAM_PIXEL_RATE, 1, VCAM_PIXEL_RATE);
	v4l2_ctrl_new_std_menu(h, NULL, V4L2_CID_CAMERA_ORIENTATION, V4L2_CAMERA_ORIENTATION_EXTERNAL, 0, V4L2_CAMERA_ORIENTATION_BACK);
	v4l2_ctrl_new_std(h, NULL, V4L2_CID_CAMERA_SENSOR_ROTATION, 0, 0, 1, 0);
	v4l2_ctrl_new_std_menu_items(h, &sensor_ctrl_ops, V4L2_CID_TEST_PATTERN, ARRAY_SIZE(test_pattern) - 2, 0, 0, test_pattern);
	if (h->error)
		return h->error;
	v->hblank->flags |= V4L2_CTRL_FLAG_READ_ONLY;
	v->cur = (struct vcam_settings){ 500, 16, 256, m->vblank, VCAM_FOCUS_START };
	return 0;
}

/* ------------------------------------------------------------ sensor: formats */

static struct v4l2_mbus_framefmt *try_format(struct v4l2_subdev *sd, struct v4l2_subdev_state *state, unsigned int pad)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	return v4l2_subdev_state_get_format(state, pad);
#else
	return v4l2_subdev_get_try_format(sd, state, pad);
#endif
}

static void fill_format(struct v4l2_mbus_framefmt *mf, const struct vcam_mode *m, u32 code)
{
	*mf = (struct v4l2_mbus_framefmt){
		.width = m->w, .height = m->h, .code = code, .field = V4L2_FIELD_NONE,
		.colorspace = V4L2_COLORSPACE_RAW, .quantization = V4L2_QUANTIZATION_FULL_RANGE,
		.xfer_func = V4L2_XFER_FUNC_NONE, .ycbcr_enc = V4L2_YCBCR_ENC_601,
	};
}

static int sensor_init_state(struct v4l2_subdev *sd, struct v4l2_subdev_state *state)
{
	fill_format(try_format(sd, state, 0), &vcam_modes[0], codes[0]);
	return 0;
}

static int sensor_enum_mbus_code(struct v4l2_subdev *sd, struct v4l2_subdev_state *state, struct v4l2_subdev_mbus_code_enum *c)
{
	if (c->index >= ARRAY_SIZE(codes))
		return -EINVAL;
	c->code = codes[c->index];
	return 0;
}

static int sensor_enum_frame_size(struct v4l2_subdev *sd, struct v4l2_subdev_state *state, struct v4l2_subdev_frame_size_enum *f)
{
	if (f->index >= VCAM_MODES || (f->code != codes[0] && f->code != codes[1]))
		return -EINVAL;
	f->min_width = f->max_width = vcam_modes[f->index].w;
	f->min_height = f->max_height = vcam_modes[f->index].h;
	return 0;
}

static int sensor_get_fmt(struct v4l2_subdev *sd, struct v4l2_subdev_state *state, struct v4l2_subdev_format *f)
{
	struct vcam *v = container_of(sd, struct vcam, sensor);

	f->format = f->which == V4L2_SUBDEV_FORMAT_TRY ? *try_format(sd, state, f->pad) : v->mf;
	return 0;
}

static int set_active_format(struct vcam *v, const struct v4l2_mbus_framefmt *mf, const struct vcam_mode *m)
{
	if (v->thread)
		return -EBUSY;
	v->mf = *mf;
	if (m != v->mode) {
		v->mode = m;
		__v4l2_ctrl_modify_range(v->hblank, m->hblank, m->hblank, 1, m->hblank);
		__v4l2_ctrl_modify_range(v->vblank, 8, 65535 - m->h, 1, m->vblank);
		__v4l2_ctrl_s_ctrl(v->vblank, m->vblank);
	}
	return 0;
}

static int sensor_set_fmt(struct v4l2_subdev *sd, struct v4l2_subdev_state *state, struct v4l2_subdev_format *f)
{
	struct vcam *v = container_of(sd, struct vcam, sensor);
	const struct vcam_mode *m = vcam_find_mode(f->format.width, f->format.height);
	int ret;

	fill_format(&f->format, m, f->format.code == codes[1] ? codes[1] : codes[0]);
	if (f->which == V4L2_SUBDEV_FORMAT_TRY) {
		*try_format(sd, state, f->pad) = f->format;
		return 0;
	}
	mutex_lock(v->hdl.lock);
	ret = set_active_format(v, &f->format, m);
	mutex_unlock(v->hdl.lock);
	return ret;
}

static int sensor_get_selection(struct v4l2_subdev *sd, struct v4l2_subdev_state *state, struct v4l2_subdev_selection *s)
{
	switch (s->target) {
	case V4L2_SEL_TGT_NATIVE_SIZE:
	case V4L2_SEL_TGT_CROP_BOUNDS:
	case V4L2_SEL_TGT_CROP_DEFAULT:
	case V4L2_SEL_TGT_CROP:
		s->r = (struct v4l2_rect){ 0, 0, VCAM_ARRAY_WIDTH, VCAM_ARRAY_HEIGHT };
		return 0;
	}
	return -EINVAL;
}

/* ------------------------------------------------------------ sensor: the sub-device */

static int sensor_subscribe(struct v4l2_subdev *sd, struct v4l2_fh *fh, struct v4l2_event_subscription *sub)
{
	if (sub->type == V4L2_EVENT_FRAME_SYNC)
		return v4l2_event_subscribe(fh, sub, 8, NULL);
	return v4l2_ctrl_subdev_subscribe_event(sd, fh, sub);
}

/* The capture node starts and stops the frames; libcamera wants the operation to exist. */
static int sensor_s_stream(struct v4l2_subdev *sd, int on)
{
	return 0;
}

static const struct v4l2_subdev_core_ops sensor_core_ops = {
	.log_status = v4l2_ctrl_subdev_log_status,
	.subscribe_event = sensor_subscribe,
	.unsubscribe_event = v4l2_event_subdev_unsubscribe,
};
static const struct v4l2_subdev_pad_ops sensor_pad_ops = {
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
	.init_cfg = sensor_init_state,
#endif
	.enum_mbus_code = sensor_enum_mbus_code,
	.enum_frame_size = sensor_enum_frame_size,
	.get_fmt = sensor_get_fmt,
	.set_fmt = sensor_set_fmt,
	.get_selection = sensor_get_selection,
};
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
static const struct v4l2_subdev_internal_ops sensor_internal_ops = { .init_state = sensor_init_state };
#endif
static const struct v4l2_subdev_video_ops sensor_video_ops = { .s_stream = sensor_s_stream };
static const struct v4l2_subdev_ops sensor_ops = {
	.core = &sensor_core_ops, .pad = &sensor_pad_ops, .video = &sensor_video_ops,
};
static const struct media_entity_operations sensor_media_ops = { .link_validate = v4l2_subdev_link_validate };

int vcam_add_sensor(struct vcam *v)
{
	int ret;

	v->mode = &vcam_modes[0];
	fill_format(&v->mf, v->mode, codes[0]);
	ret = add_sensor_controls(v);
	if (ret)
		return ret;
	v4l2_subdev_init(&v->sensor, &sensor_ops);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	v->sensor.internal_ops = &sensor_internal_ops;
#endif
	v->sensor.entity.function = MEDIA_ENT_F_CAM_SENSOR;
	v->sensor.entity.ops = &sensor_media_ops;
	v->sensor.owner = THIS_MODULE;
	strscpy(v->sensor.name, vcam_params.sensor_name, sizeof(v->sensor.name));
	v->sensor.flags |= V4L2_SUBDEV_FL_HAS_DEVNODE | V4L2_SUBDEV_FL_HAS_EVENTS;
	v->sensor.ctrl_handler = &v->hdl;
	v->sensor_pad.flags = MEDIA_PAD_FL_SOURCE;
	ret = media_entity_pads_init(&v->sensor.entity, 1, &v->sensor_pad);
	return ret ?: v4l2_device_register_subdev(&v->v4l2_dev, &v->sensor);
}

/* ------------------------------------------------------------ lens */

static int lens_s_ctrl(struct v4l2_ctrl *c)
{
	struct vcam *v = container_of(c->handler, struct vcam, lens_hdl);

	v->cur.focus = c->val;
	return 0;
}

static const struct v4l2_ctrl_ops lens_ctrl_ops = { .s_ctrl = lens_s_ctrl };
static const struct v4l2_subdev_core_ops lens_core_ops = {
	.log_status = v4l2_ctrl_subdev_log_status,
	.subscribe_event = v4l2_ctrl_subdev_subscribe_event,
	.unsubscribe_event = v4l2_event_subdev_unsubscribe,
};
static const struct v4l2_subdev_ops lens_ops = { .core = &lens_core_ops };

int vcam_add_lens(struct vcam *v)
{
	int ret;

	v4l2_ctrl_handler_init(&v->lens_hdl, 1);
	v4l2_ctrl_new_std(&v->lens_hdl, &lens_ctrl_ops, V4L2_CID_FOCUS_ABSOLUTE, 0, 1023, 1, VCAM_FOCUS_START);
	if (v->lens_hdl.error)
		return v->lens_hdl.error;
	v4l2_subdev_init(&v->lens, &lens_ops);
	v->lens.entity.function = MEDIA_ENT_F_LENS;
	v->lens.owner = THIS_MODULE;
	strscpy(v->lens.name, "vlens 10-000c", sizeof(v->lens.name));
	v->lens.flags |= V4L2_SUBDEV_FL_HAS_DEVNODE | V4L2_SUBDEV_FL_HAS_EVENTS;
	v->lens.ctrl_handler = &v->lens_hdl;
	ret = media_entity_pads_init(&v->lens.entity, 0, NULL);
	return ret ?: v4l2_device_register_subdev(&v->v4l2_dev, &v->lens);
}
