#include "isp/io/lens_database.h"

#include <lensfun/lensfun.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <mutex>
#include <vector>

#include "models/runtime/error.h"
#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

constexpr int kEntries = 257;        ///< of a table: straight between, a cubic of a tenth at the corner is off by 1e-6 of the radius
constexpr float kFarAway = 1000;     ///< meters, where a file does not say how far the subject was; darktable takes the same
constexpr float kNoAperture = 1000;  ///< f-number: no falloff is known, none is taken away

/// Letters and digits alone, small: makers write names in their own ways.
std::string plain(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

/// A multilingual string begins with what a file says.
std::string original(const char* text) { return text != nullptr ? text : ""; }

std::string name_of(const lfLens& lens) { return original(lens.Model); }

bool is_called(const lfLens& lens, std::string_view name) {
  const std::string wanted = plain(name), model = plain(original(lens.Model)), maker = plain(original(lens.Maker));
  return !wanted.empty() && (wanted == model || wanted == maker + model || maker + wanted == model);
}

/// With the maker before the model or without, as both sides like it.
bool is_called(const lfCamera& camera, const SensorInfo& sensor) {
  const std::string model = plain(original(camera.Model)), maker = plain(original(camera.Maker)), make = plain(sensor.make);
  if (make.empty() || sensor.model.empty()) return false;
  if (model == make + plain(sensor.model)) return true;
  return model == plain(sensor.model) && (maker.starts_with(make) || make.starts_with(maker));
}

std::vector<const lfLens*> list_of(const lfLens** found) {
  std::vector<const lfLens*> out;
  for (const lfLens** lens = found; lens != nullptr && *lens != nullptr; lens++) out.push_back(*lens);
  lf_free(found);
  return out;
}

/// The camera's own picture in the active array: what people calibrate with.
Rect picture_of(const RawFrame& frame) {
  const Rect& crop = frame.capture.crop;
  return crop.width > 0 && crop.height > 0 ? crop : Rect{0, 0, frame.size().width, frame.size().height};
}

/// Samples lensfun along the way from the middle to a corner of the active array: its models are radial.
class Sampler {
 public:
  Sampler(const RawFrame& frame, const lfLens& lens, const lfCamera& camera, float focal_length)
      : frame_(frame), picture_(picture_of(frame)), modifier_(&lens, camera.CropFactor, picture_.width, picture_.height) {
    const float aperture = frame.applied.f_number > 0 ? frame.applied.f_number : kNoAperture;
    const float distance = frame.applied.settings.lens_position > 0 ? 1 / frame.applied.settings.lens_position : kFarAway;
    int wanted = LF_MODIFY_TCA | LF_MODIFY_DISTORTION;
    if (frame.applied.f_number > 0) wanted |= LF_MODIFY_VIGNETTING;
    known_ = modifier_.Initialize(&lens, LF_PF_F32, focal_length, aperture, distance, 1, lens.Type, wanted, false);
    middle_x_ = picture_.width / 2.0;
    middle_y_ = picture_.height / 2.0;
    far_x_ = std::max(picture_.x + middle_x_, frame.size().width - picture_.x - middle_x_);
    far_y_ = std::max(picture_.y + middle_y_, frame.size().height - picture_.y - middle_y_);
  }

  std::shared_ptr<const LensCorrection> correction(std::string name) const {
    auto out = std::make_shared<LensCorrection>();
    out->lens = std::move(name);
    out->center_x = (picture_.x + middle_x_) / frame_.size().width;
    out->center_y = (picture_.y + middle_y_) / frame_.size().height;
    out->unit = std::hypot(far_x_, far_y_);
    if ((known_ & (LF_MODIFY_TCA | LF_MODIFY_DISTORTION)) != 0) {
      for (int i = 0; i < kEntries; i++) {
        const std::array<double, 3> stretch = stretch_at(std::max(i, 1) / double(kEntries - 1));
        for (std::size_t c = 0; c < 3; c++) out->stretch[c].push_back(stretch[c]);
      }
      out->scale = filling_scale(*out);
    }
    if ((known_ & LF_MODIFY_VIGNETTING) != 0) {
      for (int i = 0; i < kEntries; i++) out->gain.push_back(gain_at(i / double(kEntries - 1)));
    }
    return known_ != 0 ? out : nullptr;
  }

 private:
  /// lensfun counts from the middle of the first pixel.
  std::array<float, 2> place(double r) const {
    return {static_cast<float>(middle_x_ + r * far_x_ - 0.5), static_cast<float>(middle_y_ + r * far_y_ - 0.5)};
  }

  std::array<double, 3> stretch_at(double r) const {
    const auto [x, y] = place(r);
    alignas(16) std::array<float, 6> found{};
    if (!modifier_.ApplySubpixelGeometryDistortion(x, y, 1, 1, found.data())) return {1, 1, 1};
    std::array<double, 3> out{};
    for (std::size_t c = 0; c < 3; c++) {
      const double dx = static_cast<double>(found[2 * c]) + 0.5 - middle_x_, dy = static_cast<double>(found[2 * c + 1]) + 0.5 - middle_y_;
      out[c] = std::hypot(dx, dy) / (r * std::hypot(far_x_, far_y_));
    }
    return out;
  }

  double gain_at(double r) const {
    const auto [x, y] = place(r);
    alignas(16) std::array<float, 4> pixel{1, 1, 1, 1};
    modifier_.ApplyColorModification(pixel.data(), x, y, 1, 1, LF_CR_4(RED, GREEN, BLUE, UNKNOWN), sizeof pixel);
    return static_cast<double>(pixel[1]);
  }

  /// The least enlargement, 1 or more, by which every color of the picture's border lies inside of the active array.
  double filling_scale(const LensCorrection& lens) const {
    const Size active = frame_.size();
    const auto inside = [&](double scale) {
      constexpr int kSteps = 64;
      for (int i = 0; i <= 4 * kSteps; i++) {
        const double along = i % kSteps / double(kSteps), side = i / kSteps % 2 == 0 ? 1 : -1;
        const bool horizontal = i / kSteps < 2;
        const double dx = (horizontal ? 2 * along - 1 : side) * middle_x_ / scale;
        const double dy = (horizontal ? side : 2 * along - 1) * middle_y_ / scale;
        const double r = std::min(1.0, std::hypot(dx, dy) / lens.unit);
        for (const auto& table : lens.stretch) {
          const double f = table[static_cast<std::size_t>(std::lround(r * (kEntries - 1)))];
          const double x = picture_.x + middle_x_ + f * dx, y = picture_.y + middle_y_ + f * dy;
          if (x < 0 || y < 0 || x > active.width || y > active.height) return false;
        }
      }
      return true;
    };
    double low = 1, high = 2;
    if (inside(low)) return 1;
    for (int i = 0; i < 20; i++) {
      const double middle = (low + high) / 2;
      (inside(middle) ? high : low) = middle;
    }
    return high;
  }

  const RawFrame& frame_;
  Rect picture_;
  lfModifier modifier_;
  int known_ = 0;
  double middle_x_, middle_y_;  ///< of the picture, in its pixels
  double far_x_, far_y_;        ///< from there to the farthest corner of the active array
};

bool is_built_in(const lfCamera& camera) { return camera.Mount != nullptr && std::islower(static_cast<unsigned char>(*camera.Mount)) != 0; }

}  // namespace

struct LensDatabase::State {
  lfDatabase database;
  std::mutex mutex;  ///< lensfun sets the locale while it compares names

  const lfCamera* camera_of(const RawFrame& frame) const {
    const lfCamera* const* camera = database.GetCameras();
    while (camera != nullptr && *camera != nullptr && !is_called(**camera, frame.sensor)) camera++;
    return camera != nullptr ? *camera : nullptr;
  }

  /// All that fit the camera, each once.
  std::vector<const lfLens*> lenses_of(const lfCamera& camera) const {
    return list_of(database.FindLenses(&camera, nullptr, nullptr, LF_SEARCH_SORT_AND_UNIQUIFY));
  }

  /// Up to three names of the camera's lenses, the most alike first.
  std::vector<std::string> names_like(const lfCamera& camera, std::string_view name) const {
    std::vector<std::string> out;
    for (const lfLens* lens : list_of(database.FindLenses(&camera, nullptr, std::string(name).c_str(), LF_SEARCH_LOOSE))) {
      const bool known = std::find(out.begin(), out.end(), name_of(*lens)) != out.end();
      if (!known && out.size() < 3) out.push_back(name_of(*lens));
    }
    return out;
  }

  /// Of one that zooms the focal length has to be known.
  static float focal_length_of(const RawFrame& frame, const lfLens& lens) {
    if (frame.capture.focal_length > 0) return frame.capture.focal_length;
    return lens.MinFocal == lens.MaxFocal ? lens.MinFocal : 0;
  }

  /// lensfun may place a lens beside the middle; no lens of its database does.
  static bool is_centered(const lfLens& lens) { return lens.CenterX == 0 && lens.CenterY == 0; }
};

LensDatabase::LensDatabase() : state_(std::make_unique<State>()) {
  if (state_->database.Load() != LF_NO_ERROR) throw Error("lensfun's database is not there: install liblensfun-data-v1");
}

LensDatabase::~LensDatabase() = default;

std::shared_ptr<const LensCorrection> LensDatabase::find(const RawFrame& frame) const {
  const std::lock_guard lock(state_->mutex);
  const lfCamera* const camera = state_->camera_of(frame);
  if (camera == nullptr) return nullptr;
  const std::string& name = frame.capture.lens;
  if (name.empty() && !is_built_in(*camera)) return nullptr;
  std::vector<const lfLens*> found = state_->lenses_of(*camera);
  if (!is_built_in(*camera)) std::erase_if(found, [&](const lfLens* lens) { return !is_called(*lens, name); });
  if (found.size() != 1 || !State::is_centered(*found[0])) return nullptr;
  const float focal_length = State::focal_length_of(frame, *found[0]);
  return focal_length > 0 ? Sampler(frame, *found[0], *camera, focal_length).correction(name_of(*found[0])) : nullptr;
}

std::shared_ptr<const LensCorrection> LensDatabase::find(const RawFrame& frame, std::string_view name, float focal_length) const {
  const std::lock_guard lock(state_->mutex);
  const lfCamera* const camera = state_->camera_of(frame);
  if (camera == nullptr)
    throw Error("the camera ", in_quotes(frame.sensor.make + " " + frame.sensor.model), " is not in lensfun's database");
  std::vector<const lfLens*> found = state_->lenses_of(*camera);
  std::erase_if(found, [&](const lfLens* lens) { return !is_called(*lens, name); });
  if (found.size() != 1) {
    std::string like;
    for (const std::string& other : state_->names_like(*camera, name)) like += (like.empty() ? ": is it " : ", ") + other;
    throw Error("no lens of this camera is ", in_quotes(name), " in lensfun's database", like);
  }
  if (!State::is_centered(*found[0]))
    throw Error("the lens ", in_quotes(name_of(*found[0])), " has a center of its own, which is not supported");
  const float known = State::focal_length_of(frame, *found[0]), used = known > 0 ? known : focal_length;
  if (!(used > 0)) throw Error("the file does not say the focal length of ", in_quotes(name_of(*found[0])), ": --focal MM does");
  auto correction = Sampler(frame, *found[0], *camera, used).correction(name_of(*found[0]));
  if (!correction) throw Error("lensfun's database knows nothing to correct of ", in_quotes(name_of(*found[0])), " at ", used, " mm");
  return correction;
}

}  // namespace argent
