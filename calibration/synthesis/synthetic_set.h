// calibration/synthesis/synthetic_set.h - a whole calibration set: what is captured, how, and what is true of it.
//
//   const SyntheticSet set = plan_set(camera, {.lights = {known_light("A"), known_light("D65")}});
//   write_set(set, "my_set", {.threads = 2});                       // DNGs, set.yaml, truth.yaml
//   const RawFrame frame = frame_of(set, set.captures.front());     // or one by one, without files
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calibration/synthesis/known_capture.h"
#include "models/runtime/overwrite.h"

namespace argent {

/// What a set is made of; the kinds of set.yaml, in their order.
enum class SetPart { kCharts, kFlats, kDarks, kRamp, kFocus, kEdge, kDots, kStep };

/// What may be wrong with a set. The first chart alone is broken where a chart is: what stands beside it still gets done.
enum class SetFault {
  kMissing,        ///< a grey table, no chart on it
  kClipped,        ///< three stops too bright
  kBlurred,        ///< no patch has an edge any more
  kTwoCharts,      ///< two of them
  kDark,           ///< six stops too dark
  kRotated90,      ///< the chart stands on its side
  kRotated180,     ///< the chart is upside down
  kWrongChart,     ///< as many patches, of other colors
  kNanTag,         ///< NoiseProfile is not a number
  kDuplicate,      ///< the same bytes twice, under two names
  kContradictory,  ///< the label says another light than the light that is there
  kSingle,         ///< one chart, nothing else
};

/// "charts", "two-charts" and so on; the second throw Error, which lists the names.
std::string_view name_of(SetPart part);
std::string_view name_of(SetFault fault);
SetPart set_part(std::string_view name);
SetFault set_fault(std::string_view name);

struct SyntheticSetOptions {
  std::vector<KnownLight> lights;  ///< charts and flats are made under each, the rest under the one nearest to 5500 K
  std::vector<SetPart> parts{SetPart::kCharts, SetPart::kFlats, SetPart::kDarks, SetPart::kRamp,
                             SetPart::kFocus,  SetPart::kEdge,  SetPart::kDots,  SetPart::kStep};
  std::vector<float> gains{1, 2, 4, 8};  ///< nominal, of darks and ramps
  double lux = 800;                      ///< of charts and flats
  double tilt = 8, turn = 4;             ///< degrees at most: charts are tilted and turned by up to that
  double glare = 0;                      ///< KnownSettings::glare of the charts
  std::optional<SetFault> fault;
  std::uint64_t seed = 1;
};

struct SyntheticCapture {
  std::string file;  ///< "chart_d65_6504k_800l.dng"
  SetPart part = SetPart::kCharts;
  TargetPointer target;
  std::size_t light = 0;                  ///< of SyntheticSetOptions::lights
  std::optional<std::size_t> said_light;  ///< what the label says instead
  KnownSettings settings;
  std::vector<ChartPlace> charts;                       ///< in the picture
  std::optional<double> distance, lens_code;            ///< m; of focus
  LensWay lens_way = LensWay::kFromBelow;               ///< how the lens came there
  std::optional<double> asked_exposure_us, asked_gain;  ///< of a step: at this frame; `settings` are in force
  bool nan_tag = false;
};

struct SyntheticSet {
  KnownCamera camera;
  SyntheticSetOptions options;
  std::vector<SyntheticCapture> captures;
};

/// Throws Error: no light, more than 64 lights or 32 gains, a part that needs what isn't there, numbers out of range.
SyntheticSet plan_set(KnownCamera camera, SyntheticSetOptions options);

/// One capture as load_raw() gives it back: with what EXIF says, not what is true.
RawFrame frame_of(const SyntheticSet& set, const SyntheticCapture& capture);

/// set.yaml (calibration/set) and truth.yaml.
std::string label_text(const SyntheticSet& set);
std::string truth_text(const SyntheticSet& set);

struct SetWriting {
  int threads = 1;
  Overwrite overwrite = Overwrite::kNo;
  std::function<void(std::size_t finished)> progress{};  ///< one call at a time
};

/// Makes `folder` when it isn't there (not its parents). A file is there or not, whole; without Overwrite::kYes nothing is written when
/// one of the set's files exists. Throws Error.
void write_set(const SyntheticSet& set, const std::filesystem::path& folder, const SetWriting& writing);

}  // namespace argent
