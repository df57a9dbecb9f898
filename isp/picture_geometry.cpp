#include "isp/picture_geometry.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <variant>

#include "isp/picture_area.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

void check(const WarpRectilinear& warp) {
  bool finite = std::isfinite(warp.center_x) && std::isfinite(warp.center_y);
  for (const auto& plane : warp.planes) {
    for (double k : plane.radial) finite = finite && std::isfinite(k);
    for (double k : plane.tangential) finite = finite && std::isfinite(k);
  }
  if (!finite) throw Error("opcode WarpRectilinear has numbers that are not finite");
}

void check(const LensCorrection& lens) {
  const auto finite = [](const std::vector<double>& table) {
    return std::all_of(table.begin(), table.end(), [](double v) { return std::isfinite(v); });
  };
  const bool tables = finite(lens.gain) && std::all_of(lens.stretch.begin(), lens.stretch.end(), finite);
  const bool placed = std::isfinite(lens.center_x) && std::isfinite(lens.center_y) && lens.unit > 0 && std::isfinite(lens.unit);
  if (!tables || !placed || !(lens.scale > 0) || !std::isfinite(lens.scale))
    throw Error("the correction of the lens ", lens.lens, " has numbers that are not finite");
}

std::vector<const WarpRectilinear*> warps_of(const DngOpcodes& opcodes, CfaPattern cfa) {
  for (const auto* list : {&opcodes.raw, &opcodes.linear}) {
    for (const DngOpcode& opcode : *list) {
      if (std::holds_alternative<WarpRectilinear>(opcode.parameters) && !is_optional(opcode))
        throw Error("opcode WarpRectilinear before demosaic is not supported");
    }
  }
  std::vector<const WarpRectilinear*> out;
  for (const DngOpcode& opcode : opcodes.demosaiced) {
    const auto* warp = std::get_if<WarpRectilinear>(&opcode.parameters);
    if (warp == nullptr) continue;
    check(*warp);
    const std::size_t planes = warp->planes.size(), colors = cfa == CfaPattern::kMonochrome ? 1 : 3;
    if (planes == 1 || planes == colors) {
      out.push_back(warp);
    } else if (!is_optional(opcode)) {
      throw Error("opcode WarpRectilinear has ", planes, " planes, the picture ", colors);
    }
  }
  return out;
}

Place warped(const WarpRectilinear& warp, Size active, Place at, std::size_t color) {
  const WarpRectilinear::Plane& plane = warp.planes[warp.planes.size() == 1 ? 0 : color];
  const double w = active.width, h = active.height;
  const double m = std::hypot(std::max(std::abs(warp.center_x), std::abs(1 - warp.center_x)) * w,
                              std::max(std::abs(warp.center_y), std::abs(1 - warp.center_y)) * h);
  const double dx = (at.x - warp.center_x * w) / m, dy = (at.y - warp.center_y * h) / m, r2 = dx * dx + dy * dy;
  const auto& k = plane.radial;
  const auto& t = plane.tangential;
  const double f = k[0] + r2 * (k[1] + r2 * (k[2] + r2 * k[3]));
  return {warp.center_x * w + m * (f * dx + t[0] * 2 * dx * dy + t[1] * (r2 + 2 * dx * dx)),
          warp.center_y * h + m * (f * dy + t[1] * 2 * dx * dy + t[0] * (r2 + 2 * dy * dy))};
}

double between(const std::vector<double>& table, double r) {
  if (table.empty()) return 1;
  const double place = std::clamp(r, 0.0, 1.0) * double(table.size() - 1);
  const auto entry = static_cast<std::size_t>(place);
  return std::lerp(table[entry], table[std::min(entry + 1, table.size() - 1)], place - double(entry));
}

}  // namespace

double lens_gain(const LensCorrection& lens, Size active, double x, double y) {
  return between(lens.gain, std::hypot((x - lens.center_x) * active.width, (y - lens.center_y) * active.height) / lens.unit);
}

PictureGeometry::PictureGeometry(const RawFrame& frame, const PipelineParams& params) : active_(frame.size()), opcodes_(frame.opcodes) {
  const Rect picture = whole_picture(frame, params.output);
  middle_ = {picture.x + picture.width / 2.0, picture.y + picture.height / 2.0};
  unit_ = std::hypot(picture.width, picture.height) / 2;
  const GeometryParams& geometry = params.geometry;
  const double angle = stored_rotation(frame, params);
  cosine_ = std::cos(angle);
  sine_ = std::sin(angle);
  distortion_ = static_cast<double>(geometry.distortion);
  fill_ = 1 + std::max(0.0, distortion_);
  if (frame.sensor.cfa != CfaPattern::kMonochrome)
    enlarged_ = {static_cast<double>(geometry.ca_red), 1, static_cast<double>(geometry.ca_blue)};
  if (opcodes_) warps_ = warps_of(*opcodes_, frame.sensor.cfa);
  if (!warps_.empty() || !frame.lens) return;
  check(*frame.lens);
  lens_ = frame.lens;
}

bool PictureGeometry::neutral() const {
  const auto none = [](const std::vector<double>& table) { return table.empty(); };
  const bool lens = lens_ && !(lens_->scale == 1 && std::all_of(lens_->stretch.begin(), lens_->stretch.end(), none));
  return warps_.empty() && !lens && sine_ == 0 && distortion_ == 0 && enlarged_[0] == 1 && enlarged_[2] == 1 && lateral_ == LateralColor();
}

bool PictureGeometry::knows_lateral_color() const {
  const auto apart = [](const WarpRectilinear* warp) {
    return warp->planes.size() == 3 && !(warp->planes[0] == warp->planes[1] && warp->planes[2] == warp->planes[1]);
  };
  return std::any_of(warps_.begin(), warps_.end(), apart) || (lens_ && lens_->stretch[0] != lens_->stretch[1]);
}

Place PictureGeometry::rotated(Place at) const {
  const double dx = at.x - middle_.x, dy = at.y - middle_.y;
  return {middle_.x + cosine_ * dx + sine_ * dy, middle_.y - sine_ * dx + cosine_ * dy};
}

Place PictureGeometry::bent(Place at, std::size_t color) const {
  const double dx = at.x - middle_.x, dy = at.y - middle_.y, r2 = (dx * dx + dy * dy) / (unit_ * unit_);
  const double f = (1 + distortion_ * r2) / fill_ / enlarged_[color];
  return {middle_.x + f * dx, middle_.y + f * dy};
}

Place PictureGeometry::through_lens(Place at, std::size_t color) const {
  for (std::size_t i = warps_.size(); i-- > 0;) at = warped(*warps_[i], active_, at, color);
  if (lens_) {
    const double x = lens_->center_x * active_.width, y = lens_->center_y * active_.height;
    const double dx = (at.x - x) / lens_->scale, dy = (at.y - y) / lens_->scale;
    const double f = between(lens_->stretch[color], std::hypot(dx, dy) / lens_->unit);
    at = {x + f * dx, y + f * dy};
  }
  const std::array<double, 2> none{}, &k = color == 1 ? none : color == 0 ? lateral_.red : lateral_.blue;
  if (k == none) return at;
  const double dx = at.x - active_.width / 2.0, dy = at.y - active_.height / 2.0;
  const double r2 = 4 * (dx * dx + dy * dy) / (double(active_.width) * active_.width + double(active_.height) * active_.height);
  return {at.x + (k[0] + k[1] * r2) * dx, at.y + (k[0] + k[1] * r2) * dy};
}

Place PictureGeometry::on_sensor(Place picture, std::size_t color) const { return through_lens(bent(rotated(picture), color), color); }

double stored_rotation(const RawFrame& frame, const PipelineParams& params) {
  const bool mirrored = is_mirrored(params.output.orientation.value_or(frame.capture.orientation));
  return static_cast<double>(params.geometry.rotate) * (mirrored ? -1 : 1) * std::numbers::pi / 180;
}

}  // namespace argent
