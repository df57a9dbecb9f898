// SPDX-License-Identifier: GPL-2.0-or-later
/* The capture node: formats, buffers, start and stop. */
#include <media/v4l2-ioctl.h>
#include <media/videobuf2-vmalloc.h>

#include "vcam.h"

static const struct vcam_format formats[] = {
	{ MEDIA_BUS_FMT_SRGGB10_1X10, V4L2_PIX_FMT_SRGGB10, 10, 0 },
	{ MEDIA_BUS_FMT_SRGGB10_1X10, V4L2_PIX_FMT_SRGGB10P, 10, 1 },
	{ MEDIA_BUS_FMT_SRGGB12_1X12, V4L2_PIX_FMT_SRGGB12, 12, 0 },
	{ MEDIA_BUS_FMT_SRGGB12_1X12, V4L2_PIX_FMT_SRGGB12P, 12, 1 },
};

static const struct vcam_format *set_pix(struct v4l2_pix_format *p)
{
	const struct vcam_mode *m = vcam_find_mode(p->width, p->height);
	const struct vcam_format *f = &formats[0];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(formats); i++)
		if (formats[i].fourcc == p->pixelformat)
			f = &formats[i];
	p->width = m->w;
	p->height = m->h;
	p->pixelformat = f->fourcc;
	p->field = V4L2_FIELD_NONE;
	p->bytesperline = ALIGN(f->packed ? m->w * f->bits / 8 : m->w * 2, max(1, vcam_params.stride_align));
	p->sizeimage = p->bytesperline * m->h;
	p->colorspace = V4L2_COLORSPACE_RAW;
	p->quantization = V4L2_QUANTIZATION_FULL_RANGE;
	p->xfer_func = V4L2_XFER_FUNC_NONE;
	p->ycbcr_enc = V4L2_YCBCR_ENC_601;
	return f;
}

/* ------------------------------------------------------------ ioctls */

static int cap_querycap(struct file *file, void *priv, struct v4l2_capability *cap)
{
	strscpy(cap->driver, vcam_params.mdev_driver, sizeof(cap->driver));
	strscpy(cap->card, VCAM_NAME, sizeof(cap->card));
	strscpy(cap->bus_info, "platform:" VCAM_NAME, sizeof(cap->bus_info));
	return 0;
}

static int cap_g_fmt(struct file *file, void *priv, struct v4l2_format *f)
{
	struct vcam *v = video_drvdata(file);

	f->fmt.pix = v->pix;
	return 0;
}

static int cap_try_fmt(struct file *file, void *priv, struct v4l2_format *f)
{
	set_pix(&f->fmt.pix);
	return 0;
}

static int cap_s_fmt(struct file *file, void *priv, struct v4l2_format *f)
{
	struct vcam *v = video_drvdata(file);

	if (vb2_is_busy(&v->queue))
		return -EBUSY;
	v->fmt = set_pix(&f->fmt.pix);
	v->pix = f->fmt.pix;
	return 0;
}

static int cap_enum_fmt(struct file *file, void *priv, struct v4l2_fmtdesc *f)
{
	unsigned int i, n = 0;

	for (i = 0; i < ARRAY_SIZE(formats); i++) {
		if (f->mbus_code && f->mbus_code != formats[i].code)
			continue;
		if (n++ == f->index) {
			f->pixelformat = formats[i].fourcc;
			return 0;
		}
	}
	return -EINVAL;
}

static int cap_enum_framesizes(struct file *file, void *fh, struct v4l2_frmsizeenum *fs)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(formats) && formats[i].fourcc != fs->pixel_format; i++)
		;
	if (i == ARRAY_SIZE(formats) || fs->index >= VCAM_MODES)
		return -EINVAL;
	fs->type = V4L2_FRMSIZE_TYPE_DISCRETE;
	fs->discrete.width = vcam_modes[fs->index].w;
	fs->discrete.height = vcam_modes[fs->index].h;
	return 0;
}

static int cap_enum_input(struct file *file, void *priv, struct v4l2_input *i)
{
	if (i->index)
		return -EINVAL;
	i->type = V4L2_INPUT_TYPE_CAMERA;
	strscpy(i->name, "Camera", sizeof(i->name));
	return 0;
}

static int cap_g_input(struct file *file, void *priv, unsigned int *i)
{
	*i = 0;
	return 0;
}

static int cap_s_input(struct file *file, void *priv, unsigned int i)
{
	return i ? -EINVAL : 0;
}

static const struct v4l2_ioctl_ops cap_ioctl_ops = {
	.vidioc_querycap = cap_querycap,
	.vidioc_enum_input = cap_enum_input, .vidioc_g_input = cap_g_input, .vidioc_s_input = cap_s_input,
	.vidioc_g_fmt_vid_cap = cap_g_fmt, .vidioc_s_fmt_vid_cap = cap_s_fmt, .vidioc_try_fmt_vid_cap = cap_try_fmt,
	.vidioc_enum_fmt_vid_cap = cap_enum_fmt, .vidioc_enum_framesizes = cap_enum_framesizes,
	.vidioc_reqbufs = vb2_ioctl_reqbufs, .vidioc_create_bufs = vb2_ioctl_create_bufs,
	.vidioc_prepare_buf = vb2_ioctl_prepare_buf, .vidioc_querybuf = vb2_ioctl_querybuf,
	.vidioc_qbuf = vb2_ioctl_qbuf, .vidioc_dqbuf = vb2_ioctl_dqbuf, .vidioc_expbuf = vb2_ioctl_expbuf,
	.vidioc_streamon = vb2_ioctl_streamon, .vidioc_streamoff = vb2_ioctl_streamoff,
};

static const struct v4l2_file_operations cap_fops = {
	.owner = THIS_MODULE, .open = v4l2_fh_open, .release = vb2_fop_release, .read = vb2_fop_read,
	.poll = vb2_fop_poll, .unlocked_ioctl = video_ioctl2, .mmap = vb2_fop_mmap,
};

static int cap_link_validate(struct media_link *link)
{
	struct video_device *vdev = container_of(link->sink->entity, struct video_device, entity);
	struct vcam *v = video_get_drvdata(vdev);

	if (v->mf.width != v->pix.width || v->mf.height != v->pix.height || v->mf.code != v->fmt->code) {
		pr_info(VCAM_NAME ": link mismatch: sensor %ux%u 0x%x, node %ux%u 0x%x\n", v->mf.width, v->mf.height,
			v->mf.code, v->pix.width, v->pix.height, v->fmt->code);
		return -EPIPE;
	}
	return 0;
}

static const struct media_entity_operations cap_media_ops = { .link_validate = cap_link_validate };

/* ------------------------------------------------------------ the queue of buffers */

static void return_buffers(struct vcam *v, enum vb2_buffer_state state)
{
	struct vcam_buffer *b, *t;

	spin_lock(&v->qlock);
	list_for_each_entry_safe(b, t, &v->bufs, list) {
		list_del(&b->list);
		vb2_buffer_done(&b->vb.vb2_buf, state);
	}
	spin_unlock(&v->qlock);
}

static int q_setup(struct vb2_queue *q, unsigned int *nb, unsigned int *np, unsigned int sizes[], struct device *d[])
{
	struct vcam *v = vb2_get_drv_priv(q);

	if (*np)
		return sizes[0] < v->pix.sizeimage ? -EINVAL : 0;
	*np = 1;
	sizes[0] = v->pix.sizeimage;
	return 0;
}

static int q_prepare(struct vb2_buffer *vb)
{
	struct vcam *v = vb2_get_drv_priv(vb->vb2_queue);

	return vb2_plane_size(vb, 0) < v->pix.sizeimage ? -EINVAL : 0;
}

static void q_queue(struct vb2_buffer *vb)
{
	struct vcam *v = vb2_get_drv_priv(vb->vb2_queue);
	struct vcam_buffer *b = container_of(to_vb2_v4l2_buffer(vb), struct vcam_buffer, vb);

	spin_lock(&v->qlock);
	list_add_tail(&b->list, &v->bufs);
	spin_unlock(&v->qlock);
}

static int q_start(struct vb2_queue *q, unsigned int count)
{
	struct vcam *v = vb2_get_drv_priv(q);
	int ret = video_device_pipeline_start(&v->vdev, &v->pipe);

	if (ret)
		goto return_all;
	ret = vcam_scene_start(v);
	if (ret)
		goto stop_pipeline;
	vcam_noise_init(v);
	ret = vcam_stream_start(v);
	if (!ret)
		return 0;
	vcam_scene_stop(v);
stop_pipeline:
	video_device_pipeline_stop(&v->vdev);
return_all:
	return_buffers(v, VB2_BUF_STATE_QUEUED);
	return ret;
}

static void q_stop(struct vb2_queue *q)
{
	struct vcam *v = vb2_get_drv_priv(q);

	vcam_stream_stop(v);
	video_device_pipeline_stop(&v->vdev);
	return_buffers(v, VB2_BUF_STATE_ERROR);
	vcam_scene_stop(v);
}

static const struct vb2_ops q_ops = {
	.queue_setup = q_setup, .buf_prepare = q_prepare, .buf_queue = q_queue,
	.start_streaming = q_start, .stop_streaming = q_stop,
	.wait_prepare = vb2_ops_wait_prepare, .wait_finish = vb2_ops_wait_finish,
};

static int init_queue(struct vcam *v)
{
	struct vb2_queue *q = &v->queue;

	q->type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	q->io_modes = VB2_MMAP | VB2_DMABUF | VB2_USERPTR | VB2_READ;
	q->drv_priv = v;
	q->buf_struct_size = sizeof(struct vcam_buffer);
	q->ops = &q_ops;
	q->mem_ops = &vb2_vmalloc_memops;
	q->timestamp_flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC | V4L2_BUF_FLAG_TSTAMP_SRC_SOE;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	q->min_queued_buffers = 1;
#else
	q->min_buffers_needed = 1;
#endif
	q->lock = &v->lock;
	q->dev = v->mdev.dev;
	return vb2_queue_init(q);
}

int vcam_add_capture(struct vcam *v)
{
	struct video_device *vd = &v->vdev;
	int ret;

	v->pix = (struct v4l2_pix_format){ .width = 640, .height = 480, .pixelformat = V4L2_PIX_FMT_SRGGB10 };
	v->fmt = set_pix(&v->pix);
	ret = init_queue(v);
	if (ret)
		return ret;
	v->vdev_pad.flags = MEDIA_PAD_FL_SINK;
	vd->entity.function = MEDIA_ENT_F_IO_V4L;
	vd->entity.ops = &cap_media_ops;
	ret = media_entity_pads_init(&vd->entity, 1, &v->vdev_pad);
	if (ret)
		return ret;
	vd->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING | V4L2_CAP_READWRITE | V4L2_CAP_IO_MC;
	vd->release = video_device_release_empty;
	vd->fops = &cap_fops;
	vd->ioctl_ops = &cap_ioctl_ops;
	vd->lock = &v->lock;
	vd->queue = &v->queue;
	vd->v4l2_dev = &v->v4l2_dev;
	vd->vfl_dir = VFL_DIR_RX;
	strscpy(vd->name, VCAM_NAME "-raw", sizeof(vd->name));
	video_set_drvdata(vd, v);
	return video_register_device(vd, VFL_TYPE_VIDEO, -1);
}
