#include "calibration/calibrate/capture_loader.h"

#include <algorithm>
#include <cmath>

#include "calibration/fit/site_plane.h"
#include "isp/io/mosaic_file.h"
#include "isp/io/raw_file.h"
#include "isp/packed_codes.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr double kSameSetting = 0.005;

/// FNV-1a over all codes.
std::uint64_t hash_of(const RawFrame& frame) {
  std::uint64_t hash = 14695981039346656037u;
  const Size size = frame.size();
  for (int y = 0; y < size.height; y++) {
    for (int x = 0; x < size.width; x++) hash = (hash ^ frame.data[y * frame.stride + x]) * 1099511628211u;
  }
  return hash;
}

MosaicDescription description_for(const LabelledCapture& label, const CalibrationSet& set) {
  if (!set.mosaics.empty()) return load_mosaic_description(set.mosaics);
  const std::filesystem::path beside = label.file.string() + ".yaml";
  std::error_code error;
  if (!std::filesystem::exists(beside, error))
    throw Error("a headerless mosaic without a description: neither mosaics: in set.yaml nor ", beside.string());
  return load_mosaic_description(beside);
}

}  // namespace

bool is_same_setting(double a, double b) { return std::abs(a - b) <= kSameSetting * std::max(std::abs(a), std::abs(b)); }

std::vector<const LabelledCapture*> CaptureLoader::of_kind(CaptureKind kind) const {
  std::vector<const LabelledCapture*> out;
  for (const LabelledCapture& label : set_.captures) {
    if (label.kind == kind) out.push_back(&label);
  }
  return out;
}

RawFrame CaptureLoader::frame_of(const LabelledCapture& label) {
  const RawFrame loaded = is_mosaic_file(label.file) ? load_mosaic(label.file, description_for(label, set_)) : load_raw(label.file);
  RawFrame frame = unpacked(loaded, pool_);
  site_planes(frame);  // refuses what can't be measured
  if (!frame.capture.warnings.empty()) throw Error("looks broken: ", frame.capture.warnings.front());
  SensorSettings& settings = frame.applied.settings;
  if (label.exposure_us) settings.exposure = Microseconds(static_cast<double>(*label.exposure_us));
  if (label.gain) settings.analogue_gain = *label.gain;
  if (!(settings.analogue_gain > 0) || !std::isfinite(settings.analogue_gain)) throw Error("an analogue gain of ", settings.analogue_gain);
  return frame;
}

void CaptureLoader::check_like_first(const LabelledCapture& label, const RawFrame& frame) {
  if (!first_) first_ = frame.sensor;
  if (frame.size() != first_->active) throw Error(frame.size(), " pixels, the first capture has ", first_->active);
  if (frame.sensor.cfa != first_->cfa) throw Error("another mosaic than the first capture's");
  if (!black_ && (frame.sensor.black != first_->black || frame.sensor.white != first_->white))
    throw Error("another black or white level than the first capture's");
  const auto [place, is_new] = seen_.emplace(hash_of(frame), &label);
  if (is_new || place->second == &label) return;
  throw Error("the same pixels as ", place->second->file.filename().string());
}

std::deque<Loaded> CaptureLoader::load(const std::vector<const LabelledCapture*>& labels) {
  std::deque<Loaded> out;
  for (const LabelledCapture* label : labels) {
    if (refused_.contains(label)) continue;
    try {
      RawFrame frame = frame_of(*label);
      check_like_first(*label, frame);
      if (black_) frame.sensor.black = *black_;
      if (white_) frame.sensor.white = *white_;
      check(frame.sensor);
      out.push_back({label, std::move(frame)});
    } catch (const Error& error) {
      refused_[label] = true;
      std::string text = error.what();
      const std::string path = label->file.string() + ": ";
      if (text.starts_with(path)) text = text.substr(path.size());
      findings_.push_back({Severity::kError, label->file.filename().string(), text});
    }
  }
  return out;
}

void CaptureLoader::set_levels(const std::array<double, 4>& black, const std::array<double, 4>& white) {
  black_.emplace();
  white_.emplace();
  for (std::size_t site = 0; site < 4; site++) {
    (*black_)[site] = static_cast<float>(black[site]);
    (*white_)[site] = static_cast<float>(white[site]);
  }
}

}  // namespace argent
