#include "samples/tune/tune_tasks.h"

#include <algorithm>
#include <array>

#include "calibration/tune/sweep_objective.h"
#include "models/runtime/quoted_text.h"
#include "samples/usage_error.h"

namespace argent {
namespace {

/// What can be asked for.
struct Row {
  std::string_view name, controller;
  std::string_view data;                   ///< that it needs, in words
  std::vector<std::string_view> patterns;  ///< tuned unless something else is asked for
  std::unique_ptr<TuneObjective> (*make)(const TuneCommand&, const CameraProfile&, TuneSets&);
};

std::unique_ptr<TuneObjective> response(ResponseOf what, const TuneCommand& command, const TuneSets& sets) {
  return make_response_objective(what, sets.scenarios, command.response);
}

const std::array<Row, 6>& rows() {
  static const std::array<Row, 6> kRows{{
      {"ae=response",
       "ae",
       "a scenario without an autofocus trigger",
       {"aaa.ae.averaging_frames", "aaa.ae.max_step", "aaa.ae.filter.step", "aaa.ae.filter.composition"},
       [](const TuneCommand& c, const CameraProfile&, TuneSets& s) { return response(ResponseOf::kExposure, c, s); }},
      {"ae=ratings",
       "ae",
       "a rated exposure (ratings.csv)",
       {"aaa.ae.target", "aaa.ae.centre_weight", "aaa.ae.small_highlights", "aaa.ae.normal.upper.share", "aaa.ae.normal.upper.max_pull"},
       [](const TuneCommand&, const CameraProfile& p, TuneSets& s) { return make_rating_objective(std::move(s.ratings), p.aaa); }},
      {"awb",
       "awb",
       "a labelled scene",
       {},
       [](const TuneCommand& c, const CameraProfile&, TuneSets& s) { return make_scene_objective(std::move(s.scenes), c.priors); }},
      {"awb=response",
       "awb",
       "a scenario without an autofocus trigger",
       {"aaa.awb.damping_seconds"},
       [](const TuneCommand& c, const CameraProfile&, TuneSets& s) { return response(ResponseOf::kWhiteBalance, c, s); }},
      {"af=sweeps",
       "af",
       "a recorded focus sweep",
       {"aaa.af.normal_speed", "aaa.af.fine_step", "aaa.af.lens.settle_frames"},
       [](const TuneCommand&, const CameraProfile&, TuneSets& s) {
         return make_sweep_objective(std::move(s.curves), s.curves_fingerprint);
       }},
      {"af=response",
       "af",
       "a scenario with an autofocus trigger",
       {"aaa.af.normal_speed", "aaa.af.fine_step", "aaa.af.lens.settle_frames"},
       [](const TuneCommand& c, const CameraProfile&, TuneSets& s) { return response(ResponseOf::kFocus, c, s); }},
  }};
  return kRows;
}

/// The exponents of an estimator. Not all of `fused`: eight at once fit whatever set of a few hundred scenes there is.
std::vector<std::string> fusion_patterns(const std::string& estimator) {
  const auto names = estimator == "bayes" ? std::vector<std::string>{"surfaces", "lights"}
                                          : std::vector<std::string>{"prior", "colors", "zones", "gate_reach"};
  std::vector<std::string> out;
  for (const std::string& name : names) out.push_back("aaa.awb.fusion." + name);
  return out;
}

struct Asked {
  const Row* row;
  bool optional;  ///< its controller was named, not it
};

/// "ae" and "af" stand for what there is data for.
std::vector<Asked> asked_rows(const std::vector<std::string>& names) {
  std::vector<Asked> out;
  for (const std::string& name : names) {
    const std::size_t before = out.size();
    for (const Row& row : rows()) {
      const bool whole = row.name == name;
      if (!whole && !(row.controller == name && name != "awb")) continue;
      if (std::any_of(out.begin(), out.end(), [&](const Asked& other) { return other.row == &row; }))
        throw UsageError("--objective ", name, ": is there twice");
      out.push_back({&row, !whole});
    }
    if (out.size() == before) {
      throw UsageError("--objective ", in_quotes(name),
                       ": expected ae, ae=response, ae=ratings, awb, awb=response, af, af=response or af=sweeps");
    }
  }
  return out;
}

struct Draft {
  std::string controller;
  std::vector<std::unique_ptr<TuneObjective>> objectives;
  std::vector<std::string> patterns;
};

/// With `patterns` of the command line those that are of the controller, else the objectives' own.
ParameterSpace space_of(const Draft& draft, const TuneCommand& command, const CameraProfile& start) {
  const std::string prefix = "aaa." + draft.controller + ".";
  if (!command.patterns.empty()) {
    ParameterSpace asked = ParameterSpace(start.aaa, command.patterns).below(prefix);
    if (asked.size() > 0) return asked;
  }
  return {start.aaa, draft.patterns};
}

void check_patterns(const TuneCommand& command, const CameraProfile& start, const std::vector<Draft>& drafts) {
  for (const std::string& pattern : command.patterns) {
    const ParameterSpace space(start.aaa, {&pattern, 1});
    const bool used = std::any_of(drafts.begin(), drafts.end(),
                                  [&](const Draft& draft) { return space.below("aaa." + draft.controller + ".").size() > 0; });
    if (!used) throw UsageError("--tune ", pattern, ": is of a controller that no --objective is of");
  }
}

}  // namespace

std::vector<const TuneObjective*> TuneTask::pointers() const {
  std::vector<const TuneObjective*> out;
  for (const auto& objective : objectives) out.push_back(objective.get());
  return out;
}

std::vector<TuneTask> tasks_of(const TuneCommand& command, const CameraProfile& start, TuneSets& sets) {
  std::vector<Draft> drafts;
  for (const Asked& asked : asked_rows(command.objectives)) {
    std::unique_ptr<TuneObjective> objective = asked.row->make(command, start, sets);
    if (objective->cases().empty() && asked.optional) continue;
    if (objective->cases().empty())
      throw UsageError("--objective ", asked.row->name, ": is judged by ", asked.row->data, ", and there is none among SET");
    auto draft = std::find_if(drafts.begin(), drafts.end(), [&](const Draft& d) { return d.controller == asked.row->controller; });
    if (draft == drafts.end()) draft = drafts.insert(draft, {std::string(asked.row->controller), {}, {}});
    draft->objectives.push_back(std::move(objective));
    for (std::string_view pattern : asked.row->patterns) draft->patterns.emplace_back(pattern);
    if (asked.row->name == "awb") {
      for (std::string& pattern : fusion_patterns(start.aaa.white_balance.estimator)) draft->patterns.push_back(std::move(pattern));
    }
  }
  for (const std::string& name : command.objectives) {
    const std::string controller = name.substr(0, name.find('='));
    if (std::none_of(drafts.begin(), drafts.end(), [&](const Draft& d) { return d.controller == controller; }))
      throw UsageError("--objective ", name, ": there is nothing to judge it by among SET");
  }
  std::vector<TuneTask> out;
  try {
    check_patterns(command, start, drafts);
    for (Draft& draft : drafts) {
      ParameterSpace space = space_of(draft, command, start);
      out.push_back({draft.controller, std::move(draft.objectives), std::move(space)});
    }
  } catch (const UsageError&) {
    throw;
  } catch (const Error& error) {
    throw UsageError(error.what());
  }
  return out;
}

}  // namespace argent
