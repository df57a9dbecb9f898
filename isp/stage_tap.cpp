#include "isp/stage_tap.h"

#include <algorithm>

#include "isp/color_space.h"
#include "isp/kernel_inputs.h"
#include "isp/stage_planes.h"

namespace argent {
namespace {

using Halide::Runtime::Buffer;

/// A view of planes; a picture, or with one plane a mosaic.
StagePicture linear_view(RenderStage stage, std::string_view space, const Buffer<float>& planes) {
  StagePicture view;
  view.stage = stage;
  view.domain = StageDomain::kLinear;
  view.space = space;
  view.size = {planes.dim(0).extent(), planes.dim(1).extent()};
  view.channels = planes.dim(2).extent();
  view.data = &planes(planes.dim(0).min(), planes.dim(1).min(), planes.dim(2).min());
  view.x_stride = planes.dim(0).stride();
  view.y_stride = planes.dim(1).stride();
  view.channel_stride = planes.dim(2).stride();
  return view;
}

StagePicture image_view(RenderStage stage, const Image& image) {
  StagePicture view;
  view.stage = stage;
  view.domain = image.encoding() == Encoding::kLinear ? StageDomain::kLinear : StageDomain::kEncoded;
  view.space = name_of(image.color_space());
  view.size = image.size();
  view.type = image.type();
  view.data = image.data();
  view.x_stride = Image::kChannels;
  view.y_stride = image.stride() / static_cast<std::ptrdiff_t>(sample_size(image.type()));
  view.channel_stride = 1;
  return view;
}

LinearPicture part_of(const LinearPicture& picture, int first, int count) {
  Buffer<float> part = picture.pixels.cropped(2, first, count);
  part.set_min(0, 0, 0);
  return {picture.block, std::move(part)};
}

bool equal(const LinearPicture& planes, int first, int second, int count) {
  const Buffer<float>& p = planes.pixels;
  for (int c = 0; c < count; c++) {
    for (int y = 0; y < planes.height(); y++) {
      if (!std::equal(&p(0, y, first + c), &p(0, y, first + c) + planes.width(), &p(0, y, second + c))) return false;
    }
  }
  return true;
}

}  // namespace

void StageTap::show(RenderStage stage, std::string_view space, const LinearPicture& picture) const {
  if (sink_ == nullptr) return;
  StagePicture view = linear_view(stage, space, picture.pixels);
  view.orientation = orientation_;
  sink_->take(view);
}

void StageTap::show_light(RenderStage stage, std::string_view space, const Image& light) const {
  if (sink_ == nullptr) return;
  StagePicture view = image_view(stage, light);
  view.space = space;
  view.orientation = orientation_;
  sink_->take(view);
}

void StageTap::show(RenderStage stage, const Image& picture) const {
  if (sink_ == nullptr) return;
  StagePicture view = image_view(stage, picture);
  if (stage != RenderStage::kPicture) view.orientation = orientation_;
  sink_->take(view);
}

void StageTap::show_codes(RenderStage stage, const RawFrame& frame, Rect area) const {
  if (sink_ == nullptr) return;
  const int samples = samples_per_pixel(frame.sensor.cfa);
  StagePicture view;
  view.stage = stage;
  view.domain = StageDomain::kCodes;
  view.space = "camera";
  view.size = {area.width, area.height};
  view.channels = samples;
  view.type = PixelType::kU16;
  view.data = frame.data + area.y * frame.stride + std::ptrdiff_t{area.x} * samples;
  view.x_stride = samples;
  view.y_stride = frame.stride;
  view.channel_stride = 1;
  view.sensor = &frame.sensor;
  view.left = area.x;
  view.top = area.y;
  view.orientation = orientation_;
  sink_->take(view);
}

void StageTap::show_mosaic_plane(RenderStage stage, const RawFrame& frame, Rect area, const LinearPicture& planes, int plane) const {
  const LinearPicture mosaic = part_of(planes, plane, 1);
  StagePicture view = linear_view(stage, "camera", mosaic.pixels);
  view.sensor = &frame.sensor;
  view.left = area.x;
  view.top = area.y;
  view.orientation = orientation_;
  sink_->take(view);
}

void StageTap::show_mosaic(KernelContext& context, const RawFrame& frame, const Controls& controls, const PipelineParams& params,
                           const Development& development, Rect area) const {
  if (sink_ == nullptr) return;
  const LinearPicture planes = mosaic_stages(context, frame, controls, params, development, area);
  const bool mosaic = cell_side(frame.sensor.cfa) > 1;
  if (mosaic) {
    show_mosaic_plane(RenderStage::kBalanced, frame, area, planes, kBalancedPlane);
  } else {
    show(RenderStage::kBalanced, "camera", part_of(planes, kDemosaicedPlanes, 3));
  }
  if (!is_bayer(frame.sensor.cfa)) {
    leave_out(RenderStage::kDefects, "of Bayer mosaics alone");
  } else if (params.defects.strength <= 0) {
    leave_out(RenderStage::kDefects, "defects.strength is 0");
  } else if (equal(planes, kBalancedPlane, kSoundPlane, 1)) {
    leave_out(RenderStage::kDefects, "no pixel was replaced");
  } else {
    show_mosaic_plane(RenderStage::kDefects, frame, area, planes, kSoundPlane);
  }
  if (mosaic) {
    show(RenderStage::kDemosaiced, "camera", part_of(planes, kDemosaicedPlanes, 3));
  } else {
    leave_out(RenderStage::kDemosaiced, "the frame has no mosaic");
  }
  if (equal(planes, kRepairedPlanes, kDemosaicedPlanes, 3)) {
    leave_out(RenderStage::kHighlights, "nothing was repaired");
  } else {
    show(RenderStage::kHighlights, "camera", part_of(planes, kRepairedPlanes, 3));
  }
}

}  // namespace argent
