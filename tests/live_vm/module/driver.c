// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The driver: parameters, and a camera that can be unplugged. The media device reports its driver as "sun6i-csi", so that libcamera's
 * `simple` pipeline takes it for real hardware. `echo vcam >/sys/bus/platform/drivers/vcam/unbind` unplugs it, also while it streams;
 * bind plugs it in again.
 */
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include "vcam.h"

struct vcam_params vcam_params = {
	.mdev_driver = "sun6i-csi", .sensor_name = "vsensor 10-0010", .scene_path = "",
	.exp_delay = 2, .gain_delay = 1,
	.black_level = 64, .noise = 1, .vignette = 30, .stamp = 1, .stride_align = 1,
	.light = 256, .wb_r = 140, .wb_b = 165,
	.focus_best = 400,
	.slip = 1,
};

#define PARAM(name, type, mode, words)					\
	module_param_named(name, vcam_params.name, type, mode);		\
	MODULE_PARM_DESC(name, words)

PARAM(mdev_driver, charp, 0444, "driver name that the media device reports");
PARAM(sensor_name, charp, 0444, "entity name of the sensor: \"<model> <bus>-<address>\"");
PARAM(scene_path, charp, 0644, "u16 little-endian RGGB radiance, exactly width x height, read when the stream starts");
PARAM(exp_delay, int, 0644, "frames until a written exposure or vblank is in the picture, 1 to 8");
PARAM(gain_delay, int, 0644, "frames until a written gain is in the picture, 1 to 8");
PARAM(black_level, int, 0444, "codes at 10 bits");
PARAM(noise, int, 0644, "1: shot and read noise");
PARAM(vignette, int, 0644, "percent of the light lost in the corners, read when the stream starts");
PARAM(stamp, int, 0644, "1: sequence, exposure, gains and focus in the first 10 pixels, low byte first, 8 bits each");
PARAM(stride_align, int, 0444, "power of two that bytesperline is rounded up to");
PARAM(light, int, 0644, "level of the light, 256 = 1");
PARAM(wb_r, int, 0644, "red against green, 256 = 1");
PARAM(wb_b, int, 0644, "blue against green, 256 = 1");
PARAM(focus_best, int, 0644, "code of the lens at which the picture is sharp");
PARAM(flicker_hz, int, 0644, "frequency of the light's flicker, 100 or 120 for mains; 0: none");
PARAM(flicker_percent, int, 0644, "depth of the flicker: the light is 1 + depth x cos(2 pi f t), a row at a time");
PARAM(error_every, int, 0644, "hand back every n-th buffer with the error flag; 0: none");
PARAM(slip, int, 0644, "1: a late generator delays the next frame; 0: it skips sequence numbers, as hardware does");
PARAM(gen_us, int, 0444, "microseconds that the last frame took to make");
PARAM(late_frames, int, 0644, "frames made too late so far");

/* When the last file that an application holds open is closed, after an unplugging too. */
static void vcam_release(struct v4l2_device *v4l2_dev)
{
	struct vcam *v = container_of(v4l2_dev, struct vcam, v4l2_dev);

	media_device_cleanup(&v->mdev);
	v4l2_ctrl_handler_free(&v->hdl);
	v4l2_ctrl_handler_free(&v->lens_hdl);
	kvfree(v);
}

static int connect_parts(struct vcam *v)
{
	struct media_link *lens_link;
	int ret = vcam_add_sensor(v);

	ret = ret ?: vcam_add_lens(v);
	ret = ret ?: vcam_add_capture(v);
	ret = ret ?: media_create_pad_link(&v->sensor.entity, 0, &v->vdev.entity, 0, MEDIA_LNK_FL_ENABLED | MEDIA_LNK_FL_IMMUTABLE);
	if (ret)
		return ret;
	lens_link = media_create_ancillary_link(&v->sensor.entity, &v->lens.entity);
	if (IS_ERR(lens_link))
		return PTR_ERR(lens_link);
	ret = v4l2_device_register_subdev_nodes(&v->v4l2_dev);
	return ret ?: media_device_register(&v->mdev);	/* last: who sees the media device finds all of its nodes */
}

static void disconnect_parts(struct vcam *v)
{
	vb2_video_unregister_device(&v->vdev);	/* stops the stream */
	v4l2_device_unregister(&v->v4l2_dev);
	media_device_unregister(&v->mdev);
	v4l2_device_put(&v->v4l2_dev);
}

static int vcam_probe(struct platform_device *pdev)
{
	struct vcam *v = kvzalloc(sizeof(*v), GFP_KERNEL);
	int ret;

	if (!v)
		return -ENOMEM;
	mutex_init(&v->lock);
	spin_lock_init(&v->qlock);
	INIT_LIST_HEAD(&v->bufs);
	v->mdev.dev = &pdev->dev;
	strscpy(v->mdev.model, "Virtual RAW camera", sizeof(v->mdev.model));
	strscpy(v->mdev.driver_name, vcam_params.mdev_driver, sizeof(v->mdev.driver_name));
	strscpy(v->mdev.bus_info, "platform:" VCAM_NAME, sizeof(v->mdev.bus_info));
	media_device_init(&v->mdev);
	v->v4l2_dev.mdev = &v->mdev;
	v->v4l2_dev.release = vcam_release;
	ret = v4l2_device_register(&pdev->dev, &v->v4l2_dev);
	if (ret) {
		media_device_cleanup(&v->mdev);
		kvfree(v);
		return ret;
	}
	platform_set_drvdata(pdev, v);
	ret = connect_parts(v);
	if (ret) {
		disconnect_parts(v);
		return ret;
	}
	pr_info(VCAM_NAME ": plugged in as driver %s, sensor \"%s\"\n", v->mdev.driver_name, v->sensor.name);
	return 0;
}

static void unplug(struct platform_device *pdev)
{
	disconnect_parts(platform_get_drvdata(pdev));
	pr_info(VCAM_NAME ": unplugged\n");
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
#define vcam_remove unplug
#else
static int vcam_remove(struct platform_device *pdev)
{
	unplug(pdev);
	return 0;
}
#endif

static void vcam_device_release(struct device *dev) { }
static struct platform_device vcam_device = {
	.name = VCAM_NAME, .id = PLATFORM_DEVID_NONE, .dev.release = vcam_device_release,
};
static struct platform_driver vcam_driver = {
	.probe = vcam_probe, .remove = vcam_remove, .driver = { .name = VCAM_NAME },
};

static int __init vcam_init(void)
{
	int ret = platform_device_register(&vcam_device);

	if (ret)
		return ret;
	ret = platform_driver_register(&vcam_driver);
	if (ret)
		platform_device_unregister(&vcam_device);
	return ret;
}

static void __exit vcam_exit(void)
{
	platform_driver_unregister(&vcam_driver);
	platform_device_unregister(&vcam_device);
}

module_init(vcam_init);
module_exit(vcam_exit);
MODULE_DESCRIPTION("Virtual RAW camera: sensor, lens and capture node");
MODULE_LICENSE("GPL");
