#include "samples/tune/tune_sets.h"

#include <algorithm>
#include <array>
#include <fstream>

#include "calibration/evaluation/labelled_folder.h"
#include "camera/simulation/zone_plant.h"
#include "isp/io/raw_file.h"
#include "isp/io/statistics_file.h"
#include "isp/io/yaml_document.h"
#include "isp/pipeline.h"
#include "models/runtime/error.h"
#include "samples/batch_console.h"
#include "samples/progress.h"
#include "samples/usage_error.h"
#include "samples/white_balance.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStatisticsMagic = "argentst";

bool is_yaml(const fs::path& file) { return file.extension() == ".yaml" || file.extension() == ".yml"; }
bool is_curves(const fs::path& file) { return file.extension() == ".gz" || file.extension() == ".csv"; }

bool is_recording(const fs::path& file) {
  std::array<char, kStatisticsMagic.size()> head{};
  std::ifstream in(file, std::ios::binary);
  return in.read(head.data(), head.size()) && std::string_view(head.data(), head.size()) == kStatisticsMagic;
}

class Loader {
 public:
  Loader(const TuneCommand& command, const CameraProfile& start) : command_(command), start_(start) { input_.profile = command.start; }

  TuneSets load() {
    for (const std::string& set : command_.sets) {
      try {
        load_set(set);
      } catch (const UsageError&) {
        throw;
      } catch (const Error& error) {
        complain(error.what());
      }
    }
    if (!command_.folds_file.empty() && !out_.scenes.empty()) read_folds(command_.folds_file, out_.scenes);
    return std::move(out_);
  }

 private:
  void complain(std::string_view message) {
    print_message(message);
    out_.bad++;
  }

  template <class Work>
  void attempt(const Work& work) {
    try {
      work();
    } catch (const Error& error) {
      complain(error.what());
    }
  }

  void load_set(const fs::path& set) {
    std::error_code error;
    if (fs::is_directory(set, error)) {
      load_folder(set);
    } else if (!fs::exists(set, error)) {
      throw Error(set.string(), ": there is no such file or folder");
    } else if (is_yaml(set)) {
      load_scenario_file(set);
    } else if (is_rating_table(set)) {
      load_rating_table(set);
    } else if (is_curves(set)) {
      load_curves(set);
    } else {
      throw Error(set.string(), ": expected a scenario (.yaml), ratings or focus sweeps (.csv), or a folder");
    }
  }

  void load_folder(const fs::path& folder) {
    std::vector<fs::path> scenarios;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      if (is_yaml(entry.path()) && entry.path().filename() != "cameras.yaml") scenarios.push_back(entry.path());
    }
    std::sort(scenarios.begin(), scenarios.end());
    for (const fs::path& file : scenarios) attempt([&] { load_scenario_file(file); });
    if (scenarios.empty()) load_scenes(folder);
  }

  void load_scenario_file(const fs::path& file) {
    const std::string text = read_yaml_file(file);
    ContestScenario scenario = parse_contest_scenario(text, file.string(), file.parent_path());
    scenario_of_run(scenario, 1);  // a draw that can't be is said now
    std::string name = scenario.camera.name.empty() ? file.stem().string() : scenario.camera.name;
    const auto same = [&](const TuneScenario& other) { return other.name == name; };
    if (std::any_of(out_.scenarios.begin(), out_.scenarios.end(), same))
      throw Error(file.string(), ": a scenario ", name, " is there already");
    out_.scenarios.push_back({std::move(name), std::move(scenario), fingerprint_of(text)});
  }

  void load_scenes(const fs::path& folder) {
    const bool needs = LabelledFolder::needs_tunings(folder);
    if (needs && command_.tunings.empty()) {
      throw Error(folder.string(), ": no scenario and no labels.csv; pictures named user,sensor,scene,kelvin,lux,camera kelvin.png need ",
                  "--tunings");
    }
    const LabelledFolder scenes(folder, needs ? load_tunings(command_.tunings) : Tunings());
    for (const std::string& problem : scenes.problems()) complain(problem);
    ProgressBar bar(scenes.size(), "scene");
    for (std::size_t i = 0; i < scenes.size(); i++) {
      attempt([&] { out_.scenes.push_back(scenes.load(i)); });
      bar.update(i + 1, out_.bad);
    }
  }

  void load_curves(const fs::path& file) {
    std::vector<FocusCurve> curves = load_focus_curves(file, command_.measure);
    for (const FocusCurve& curve : curves) {
      const std::string_view bytes(reinterpret_cast<const char*>(curve.scores.data()), curve.scores.size() * sizeof(float));
      out_.curves_fingerprint = fingerprint_of(bytes, fingerprint_of(std::to_string(curve.peak - curve.first), out_.curves_fingerprint));
    }
    std::move(curves.begin(), curves.end(), std::back_inserter(out_.curves));
  }

  void load_rating_table(const fs::path& file) {
    const RatingTable table = load_ratings(file);
    for (const std::string& problem : table.problems) complain(problem);
    ProgressBar bar(table.ratings.size(), "frame");
    for (std::size_t i = 0; i < table.ratings.size(); i++) {
      attempt([&] { out_.ratings.push_back(measured(table.ratings[i])); });
      bar.update(i + 1, out_.bad);
    }
  }

  RatedExposure measured(const ExposureRating& rating) {
    RatedExposure out{.rating = rating, .statistics = {}, .curve = {}};
    if (is_yaml(rating.file)) {
      ZonePlant plant(load_contest_scenario(rating.file).camera);
      for (int i = 0; i <= std::max(rating.frame, 0); i++) out.statistics = plant.next();
      out.curve = plant.cct_curve();
    } else if (is_recording(rating.file)) {
      const std::vector<Statistics> frames = load_statistics(rating.file);
      if (rating.frame < 0 && frames.size() != 1) {
        throw Error(rating.place, ": ", rating.file.string(), " has ", frames.size(),
                    " frames, expected one, or a column frame that says which");
      }
      const auto frame = static_cast<std::size_t>(std::max(rating.frame, 0));
      if (frame >= frames.size())
        throw Error(rating.place, ": ", rating.file.string(), " has ", frames.size(), " frames and no frame ", frame);
      out.statistics = frames[frame];
    } else {
      measure_raw(rating.file, out);
    }
    return out;
  }

  void measure_raw(const fs::path& file, RatedExposure& out) {
    if (!loader_) {
      loader_.emplace(input_);
      pipeline_.emplace(loader_->isp());
    }
    const RawFrame frame = loader_->load(file);
    out.statistics = pipeline_->measure(frame);
    out.curve = controller_params_for(frame, start_.aaa).white_balance.prior.curve;
  }

  const TuneCommand& command_;
  const CameraProfile& start_;
  InputOptions input_;
  std::optional<FrameLoader> loader_;
  std::optional<Pipeline> pipeline_;
  TuneSets out_;
};

}  // namespace

TuneSets load_sets(const TuneCommand& command, const CameraProfile& start) { return Loader(command, start).load(); }

}  // namespace argent
