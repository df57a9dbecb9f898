#include "calibration/calibrate/calibrator.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "calibration/calibrate/capture_loader.h"
#include "calibration/calibrate/chart_lights.h"
#include "calibration/calibrate/lens_captures.h"
#include "calibration/calibrate/profile_tables.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::size_t kMostForDefects = 6;  // frames of a kind: more tell no more

std::vector<const RawFrame*> frames_of(const std::deque<Loaded>& loaded) {
  std::vector<const RawFrame*> out;
  for (const Loaded& one : loaded) out.push_back(&one.frame);
  return out;
}

double gain_of(const RawFrame& frame) { return static_cast<double>(frame.applied.settings.analogue_gain); }
double exposure_of(const RawFrame& frame) { return frame.applied.settings.exposure.count(); }

/// Captures whose `of` is the same, in the order of that number.
template <class Of>
std::vector<std::vector<const Loaded*>> grouped(const std::deque<Loaded>& all, Of of) {
  std::vector<const Loaded*> sorted;
  for (const Loaded& one : all) sorted.push_back(&one);
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Loaded* a, const Loaded* b) { return of(*a) < of(*b); });
  std::vector<std::vector<const Loaded*>> groups;
  for (const Loaded* one : sorted) {
    if (groups.empty() || !is_same_setting(of(*groups.back().front()), of(*one))) groups.emplace_back();
    groups.back().push_back(one);
  }
  return groups;
}

std::vector<const RawFrame*> frames_of(const std::vector<const Loaded*>& group) {
  std::vector<const RawFrame*> out;
  for (const Loaded* one : group) out.push_back(&one->frame);
  return out;
}

std::string text_of(double value) { return shown_number(value); }

}  // namespace

struct Calibrator::State {
  CalibrationSet set;
  CalibrationOptions options;
  Calibration out;
  CaptureLoader loader{set, out.findings};
  struct Step {
    std::string doing;
    std::function<void()> run;
  };
  std::vector<Step> plan;
  std::size_t finished = 0;

  State(CalibrationSet the_set, CalibrationOptions the_options) : set(std::move(the_set)), options(std::move(the_options)) {
    for (const std::string& problem : set.problems) add(Severity::kError, "set", problem);
    if (set.captures.size() == 1) add(Severity::kError, "set", "one capture alone: what it cannot tell is a guess or missing");
    plan = {{"black level and read noise", [this] { measure_darks(); }},
            {"levels and linearity", [this] { measure_levels(); }},
            {"noise", [this] { measure_noise(); }},
            {"lens shading", [this] { measure_shading(); }},
            {"defects", [this] { find_all_defects(); }}};
    for (const LabelledCapture* label : loader.of_kind(CaptureKind::kChart))
      plan.push_back({"chart of " + label->file.filename().string(), [this, label] { read_chart(*label); }});
    plan.push_back({"color matrices", [this] { fit_lights(); }});
    plan.push_back({"sharpness", [this] {
                      measure_lens(CaptureKind::kEdge, [this](const auto& some) { out.edges = measure_edges(some, out.findings); });
                    }});
    plan.push_back({"lateral color",
                    [this] { measure_lens(CaptureKind::kDots, [this](const auto& some) { out.lateral_color = measure_dots(some); }); }});
    plan.push_back({"focus", [this] {
                      measure_lens(CaptureKind::kFocus, [this](const auto& some) { out.focus = measure_focus(some, out.findings); });
                    }});
    plan.push_back({"delays and gains",
                    [this] { measure_lens(CaptureKind::kStep, [this](const auto& some) { out.response = measure_settings(some); }); }});
    plan.push_back({"profile", [this] { make_profile(); }});
  }

  void add(Severity severity, std::string subject, std::string text) {
    out.findings.push_back({severity, std::move(subject), std::move(text)});
  }

  /// Runs one measurement; what it throws is an error of that measurement alone.
  template <class Measure>
  void attempt(const std::string& subject, Measure measure) {
    try {
      measure();
    } catch (const Error& error) {
      add(Severity::kError, subject, error.what());
    }
  }

  void measure_darks() {
    const std::deque<Loaded> darks = loader.load(loader.of_kind(CaptureKind::kDark));
    for (const auto& group : grouped(darks, [](const Loaded& one) { return gain_of(one.frame); })) {
      attempt("dark frames at gain " + text_of(gain_of(group.front()->frame)), [&] {
        out.darks.push_back(fit_dark_level(frames_of(group)));
        const DarkLevel& dark = out.darks.back();
        if (dark.cut)
          add(Severity::kWarning, "black level",
              "codes of the dark frames end at 0: something has taken the black level off, and with it half of the noise; the rest was "
              "extrapolated");
      });
    }
    if (out.darks.empty())
      add(Severity::kNote, "black level", "no dark frames: levels are those that the files state; put the cap on and take two");
  }

  /// Black from the dark frames of the lowest gain, white where a frame shows that codes end.
  void measure_levels() {
    const std::deque<Loaded> ramp = loader.load(loader.of_kind(CaptureKind::kRamp));
    const RawFrame* any = ramp.empty() ? nullptr : &ramp.front().frame;
    std::deque<Loaded> spare;
    if (any == nullptr) {
      for (const LabelledCapture& label : set.captures) {
        spare = loader.load({&label});
        if (spare.empty()) continue;
        any = &spare.front().frame;
        break;
      }
    }
    if (any == nullptr) throw Error("no capture could be used");
    out.size = any->size();
    for (std::size_t site = 0; site < 4; site++) {
      const double stated = static_cast<double>(any->sensor.black[site]);
      out.black[site] = out.darks.empty() ? stated : out.darks.front().black[site];
      out.white[site] = static_cast<double>(any->sensor.white[site]);
    }
    if (!out.darks.empty() && std::abs(out.black[1] - static_cast<double>(any->sensor.black[1])) > 0.5)
      add(Severity::kNote, "black level",
          "files state " + text_of(static_cast<double>(any->sensor.black[1])) + ", dark frames show " + text_of(out.black[1]));
    for (const DarkLevel& dark : out.darks) {
      if (std::abs(dark.black[1] - out.black[1]) < 1) continue;
      add(Severity::kWarning, "black level",
          "moves with the gain: " + text_of(out.black[1]) + " at " + text_of(static_cast<double>(out.darks.front().analogue_gain)) + ", " +
              text_of(dark.black[1]) + " at " + text_of(static_cast<double>(dark.analogue_gain)) + "; the profile has the first");
    }
    const double saturation = saturation_code(frames_of(ramp));
    if (saturation > out.black[1] && std::abs(saturation - out.white[1]) >= 1) {
      add(Severity::kNote, "white level", "files state " + text_of(out.white[1]) + ", codes end at " + text_of(saturation));
      out.white.fill(saturation);
    } else if (saturation == 0 && !ramp.empty()) {
      add(Severity::kNote, "white level", "no capture of the ramp is clipped: the files' " + text_of(out.white[1]) + " was taken");
    }
    loader.set_levels(out.black, out.white);
    for (const auto& group : grouped(ramp, [](const Loaded& one) { return gain_of(one.frame); })) {
      attempt("linearity at gain " + text_of(gain_of(group.front()->frame)), [&] {
        std::deque<Loaded> with_levels;
        std::vector<const LabelledCapture*> labels;
        for (const Loaded* one : group) labels.push_back(one->label);
        with_levels = loader.load(labels);
        out.linearity.push_back(fit_linearity(frames_of(with_levels), out.black));
        const Linearity& line = out.linearity.back();
        if (line.worst > 0.02)
          add(Severity::kWarning, "linearity",
              "off by " + text_of(100 * line.worst) + " % at " + text_of(line.worst_exposure) +
                  " us: is the light steady, are exposure times true?");
      });
    }
  }

  /// Pairs of one setting and light: neighbors in the list.
  static std::vector<FramePair> pairs_of(const std::deque<Loaded>& captures, double gain) {
    std::vector<FramePair> pairs;
    const Loaded* waiting = nullptr;
    for (const Loaded& one : captures) {
      if (!is_same_setting(gain_of(one.frame), gain)) continue;
      const bool fits = waiting != nullptr && waiting->label->kind == one.label->kind && waiting->label->cct == one.label->cct &&
                        waiting->label->illuminant == one.label->illuminant &&
                        is_same_setting(exposure_of(waiting->frame), exposure_of(one.frame));
      if (fits) pairs.push_back({&waiting->frame, &one.frame});
      waiting = fits ? nullptr : &one;
    }
    return pairs;
  }

  void measure_noise() {
    std::vector<const LabelledCapture*> labels;
    for (const CaptureKind kind : {CaptureKind::kDark, CaptureKind::kRamp, CaptureKind::kFlat}) {
      const auto some = loader.of_kind(kind);
      labels.insert(labels.end(), some.begin(), some.end());
    }
    const std::deque<Loaded> captures = loader.load(labels);
    for (const auto& group : grouped(captures, [](const Loaded& one) { return gain_of(one.frame); })) {
      const double gain = gain_of(group.front()->frame);
      const bool any_light =
          std::any_of(group.begin(), group.end(), [](const Loaded* one) { return one->label->kind != CaptureKind::kDark; });
      const std::vector<FramePair> pairs = pairs_of(captures, gain);
      if (!any_light || pairs.empty()) continue;
      attempt("noise at gain " + text_of(gain), [&] {
        out.noise.push_back(fit_photon_transfer(pairs, out.black));
        const PhotonTransfer& noise = out.noise.back();
        if (noise.misfit > 0.05)
          add(Severity::kWarning, "noise",
              "at gain " + text_of(gain) + " the variance is off its line by " + text_of(100 * noise.misfit) +
                  " %: does the sensor compress, or the light flicker?");
      });
    }
    if (out.noise.empty())
      add(Severity::kNote, "noise",
          "no two captures of an even surface with equal settings: no noise model; take pairs at several exposures and gains");
  }

  void measure_shading() {
    const std::deque<Loaded> flats = loader.load(loader.of_kind(CaptureKind::kFlat));
    std::deque<Loaded> known;
    for (const Loaded& one : flats) {
      if (!one.label->cct) {
        add(Severity::kError, one.label->file.filename().string(), "an even surface without a cct: a falloff belongs to a temperature");
      }
    }
    const auto cct_of = [](const Loaded& one) { return static_cast<double>(one.label->cct.value_or(0)); };
    for (const auto& group : grouped(flats, cct_of)) {
      const double cct = cct_of(*group.front());
      if (cct == 0) continue;
      attempt("shading at " + text_of(cct) + " K", [&] {
        out.shading.push_back(fit_shading(frames_of(group), out.black, static_cast<float>(cct)));
        const ShadingFit& fit = out.shading.back();
        for (std::size_t c = 0; c < 3; c++) {
          const double pattern = std::sqrt(std::max(0.0, fit.residual[c] * fit.residual[c] - fit.tile_noise[c] * fit.tile_noise[c]));
          if (pattern > 0.01)
            add(Severity::kWarning, "shading at " + text_of(cct) + " K",
                text_of(100 * pattern) + " % is left after correction: is the surface evenly lit, is there dust?");
        }
      });
    }
    if (out.shading.empty())
      add(Severity::kNote, "shading", "no usable capture of an even surface: corners stay as dark as the lens makes them");
  }

  void find_all_defects() {
    const auto some = [&](CaptureKind kind) {
      std::vector<const LabelledCapture*> labels = loader.of_kind(kind);
      if (labels.size() > kMostForDefects) labels.resize(kMostForDefects);
      return loader.load(labels);
    };
    const std::deque<Loaded> darks = some(CaptureKind::kDark), flats = some(CaptureKind::kFlat);
    if (darks.empty() && flats.empty()) {
      add(Severity::kNote, "defects", "neither dark frames nor even surfaces: no list of defects");
      return;
    }
    attempt("defects", [&] { out.defects = find_defects(frames_of(darks), frames_of(flats)); });
  }

  void read_chart(const LabelledCapture& label) {
    const std::deque<Loaded> loaded = loader.load({&label});
    if (loaded.empty()) return;
    const std::string subject = label.file.filename().string();
    attempt(subject, [&] {
      ChartReading reading = read_chart_capture(label, loaded.front().frame, out.shading, options.spectra, loader.pool());
      for (std::string& warning : reading.warnings) add(Severity::kWarning, subject, std::move(warning));
      for (std::string& fault : reading.faults) add(Severity::kError, subject, std::move(fault));
      out.charts.push_back(std::move(reading.capture));
    });
  }

  void fit_lights() {
    LightFits fits = fit_chart_lights(out.charts, options.spectra, out.noise.empty() ? NoiseModel{} : out.noise.front().noise);
    out.lights = std::move(fits.lights);
    out.curve = std::move(fits.curve);
    for (CalibrationFinding& finding : fits.findings) out.findings.push_back(std::move(finding));
  }

  /// Nothing is said where there are no captures of the kind.
  template <class Measure>
  void measure_lens(CaptureKind kind, Measure measure) {
    const std::deque<Loaded> captures = loader.load(loader.of_kind(kind));
    if (captures.empty()) return;
    attempt(std::string(name_of(kind)) + " captures", [&] { measure(captures); });
  }

  void make_profile() {
    out.lux = lux_reference_of(out);
    out.profile = profile_of(out, set.camera);
    attempt("profile", [&] { check(out.profile, "profile"); });
  }
};

Calibrator::Calibrator(CalibrationSet set, CalibrationOptions options)
    : state_(std::make_unique<State>(std::move(set), std::move(options))) {}
Calibrator::~Calibrator() = default;
Calibrator::Calibrator(Calibrator&&) noexcept = default;
Calibrator& Calibrator::operator=(Calibrator&&) noexcept = default;

std::size_t Calibrator::steps() const { return state_->plan.size(); }
std::size_t Calibrator::finished() const { return state_->finished; }
std::string Calibrator::doing() const { return done() ? "" : state_->plan[state_->finished].doing; }

void Calibrator::step() {
  const State::Step& next = state_->plan.at(state_->finished);
  next.run();
  state_->finished++;
}

const Calibration& Calibrator::result() const { return state_->out; }

bool Calibration::is_complete() const {
  return std::none_of(findings.begin(), findings.end(),
                      [](const CalibrationFinding& finding) { return finding.severity == Severity::kError; });
}

}  // namespace argent
