#include "samples/tune/tune_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>

namespace argent {
namespace {

constexpr const char* kExamples = R"(
SET, any number of files and folders:
  scenario.yaml     of `argent simulate`; a folder of such
  ratings.csv       columns file, ev (EV that the frame lacks; below 0: too bright), and if there are any weight, rater, frame; files beside
                    it: recorded statistics, RAW files, or a scenario (its first frame)
  FOLDER            scenes with a known light, in either layout of `argent evaluate awb`
  curves.csv(.gz)   recorded focus sweeps: columns seq, pos_peak_idx, pos_idx, one a measure

Objectives, and what they tune unless --tune says otherwise:
  ae=response       settling, overshoot, clipping, ripple in the scenarios     aaa.ae.averaging_frames, max_step,
                                                                               filter.step, .composition
  ae=ratings        the metered correction is the wanted one                   aaa.ae.target, centre_weight, small_highlights,
                                                                               normal.upper.share, .max_pull
  awb               error on labelled scenes, mean and worst quarter           aaa.awb.fusion.prior, .colors, .zones, .gate_reach;
                                                                               of bayes .surfaces, .lights
  awb=response      following against wobble in the scenarios                  aaa.awb.damping_seconds
  af=sweeps         time, error, misses on recorded sweeps                     aaa.af.normal_speed, fine_step, lens.settle_frames
  af=response       the same in scenarios with an autofocus trigger            the same
  ae, af            whichever of theirs there is data for
Objectives of one controller are tuned together, controllers one after the other.

How: for each of --folds parts of the cases the parameters are tuned on the others (NLopt: everywhere, then around the best) and judged on
it; a parameter that does not earn its move, by a bootstrap of the cases it is tuned on, goes back to where it started. A score is the mean over
the terms of tuned / start, below 1 is better. Only what is better on cases it was not tuned on, by half a percent and in 80 % of the bootstrap's
draws of them, replaces the start; then what was tuned on all cases is taken. Else the start stays, and it is said.
The result is the same for any number of threads, and for a run that was killed and went on by its --state.

Examples:
  argent tune samples/scenarios/panoramas --runs 2 --frames 150 --objective ae=response -o tuned.yaml --report tuned.html
  argent tune samples/scenarios --objective ae=response --weightings 7 --front front.csv --pick knee -o tuned.yaml
  argent tune rated/ratings.csv --objective ae=ratings --start imx219.yaml -o tuned.yaml --state rated.journal
  argent tune pisp --tunings pi_tunings --scene-folds folds.csv --refit-prior --objective awb --estimator bayes -o tuned.yaml
  argent tune focus_curves.csv.gz samples/scenarios --objective af --tune 'aaa.af.normal_speed=0.3:2' -o tuned.yaml

Exit status: 0 done (also where the start stays), 1 something could not be read or written (named; the rest was done), 2 the command line is
wrong.
)";

constexpr const char* kKnee = "knee";

std::string pick_problem(const std::string& text, int& pick) {
  if (text == kKnee) {
    pick = -1;
    return "";
  }
  const bool number = !text.empty() && text.size() < 5 && text.find_first_not_of("0123456789") == std::string::npos;
  if (!number) return "--pick " + text + ": expected knee or the index of a candidate";
  pick = std::stoi(text);
  return "";
}

void add_search(CLI::App& app, TuneCommand& command) {
  const char* group = "Search";
  SearchOptions& search = command.tune.search;
  app.add_option("--evaluations", search.evaluations, "points of each search; one for each weighting and fold, and one more")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000))
      ->type_name("N")
      ->group(group);
  app.add_option("--global", search.global, "crs (controlled random search) or esch (evolution strategy)")
      ->transform(CLI::CheckedTransformer(std::map<std::string, GlobalSearch>{{"crs", GlobalSearch::kCrs}, {"esch", GlobalSearch::kEsch}}))
      ->type_name("NAME")
      ->default_str("crs")
      ->group(group);
  app.add_option("--local", search.local, "sbplx (subspace simplex) or bobyqa (quadratic model)")
      ->transform(
          CLI::CheckedTransformer(std::map<std::string, LocalSearch>{{"sbplx", LocalSearch::kSbplx}, {"bobyqa", LocalSearch::kBobyqa}}))
      ->type_name("NAME")
      ->default_str("sbplx")
      ->group(group);
  app.add_option("--seed", search.seed, "of folds, searches, weightings and the bootstrap")->capture_default_str()->group(group);
  app.add_option("--threads", command.tune.threads, "0: all of this machine's; the result is the same")
      ->check(CLI::Range(0, 1024))
      ->type_name("N")
      ->group(group);
  app.add_option("--state", command.state, "journal of what was measured: a run that was killed goes on from it")
      ->type_name("FILE")
      ->group(group);
}

void add_judging(CLI::App& app, TuneCommand& command) {
  const char* group = "Judging";
  app.add_option("--folds", command.tune.folds, "of cross-validation")->capture_default_str()->check(CLI::Range(2, 1000))->group(group);
  app.add_option("--confidence", command.tune.confidence,
                 "share of the bootstrap's draws in which the tuned must be better, and each parameter with its move")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0))
      ->group(group);
  app.add_option("--least-gain", command.tune.least_gain, "of the held-out score that it takes to leave the start")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0))
      ->group(group);
  app.add_option("--weightings", command.tune.weightings, "of the terms: the first is even, more make a front")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000))
      ->type_name("N")
      ->group(group);
  app.add_option_function<std::string>(
         "--pick",
         [&command](const std::string& text) {
           const std::string problem = pick_problem(text, command.tune.pick);
           if (!problem.empty()) throw CLI::ValidationError(problem);
         },
         "knee (default), or the index of a candidate")
      ->type_name("knee|INDEX")
      ->group(group);
}

void add_cases(CLI::App& app, TuneCommand& command) {
  const char* group = "Cases";
  app.add_option("--runs", command.response.runs, "of each scenario: the file as it stands, and draws of what varies")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000))
      ->type_name("N")
      ->group(group);
  app.add_option("--frames", command.response.frames, "of a scenario's run, at most")
      ->capture_default_str()
      ->check(CLI::Range(10, 1'000'000))
      ->type_name("N")
      ->group(group);
  using Split = ResponseOptions::Split;
  app.add_option("--split", command.response.split, "what folds are dealt by: scenarios (default) or their runs")
      ->transform(CLI::CheckedTransformer(std::map<std::string, Split>{{"scenarios", Split::kScenarios}, {"runs", Split::kRuns}}))
      ->type_name("NAME")
      ->group(group);
  app.add_option("--estimator", command.estimator, "of the light (default: the start's)")->type_name("NAME")->group(group);
  app.add_option("--tunings", command.tunings, "Raspberry Pi tunings, SENSOR.json, of labelled scenes without a labels.csv")
      ->type_name("DIR")
      ->group(group);
  app.add_option("--scene-folds", command.folds_file, "user,sensor,scene,group,fold of such scenes: groups stay together")
      ->type_name("CSV")
      ->group(group);
  app.add_flag_callback(
         "--refit-prior", [&command] { command.priors = SurfacePriors::kLeaveFoldOut; },
         "for the scenes of each of those folds, fit the prior of surfaces to the others")
      ->group(group);
  app.add_option("--measure", command.measure, "column of recorded sweeps that is searched (default: " + command.measure + ")")
      ->type_name("NAME")
      ->group(group);
}

}  // namespace

void add_options(CLI::App& app, TuneCommand& command) {
  command.tune.threads = 0;
  app.add_option("SET", command.sets, "what is judged by: scenarios, ratings, labelled scenes, focus sweeps")->type_name("...")->required();
  app.add_option("--objective", command.objectives,
                 "ae, ae=response, ae=ratings, awb, awb=response, af, af=response or af=sweeps; repeatable")
      ->type_name("NAME")
      ->allow_extra_args(false)
      ->required();
  app.add_option("--tune", command.patterns, "parameters to tune, with * for any text; PATH=LOW:HIGH sets bounds; repeatable")
      ->type_name("PATH")
      ->allow_extra_args(false);
  app.add_option("--start", command.start, "profile to start from (default: Argent's defaults)")->type_name("PROFILE");
  app.add_option("-o,--output", command.output, "profile with what was changed")->type_name("FILE.yaml")->required();
  app.add_option("--report", command.report, "a page that stands alone: before and after, held out, front, plots")->type_name("FILE.html");
  app.add_option("--front", command.front, "all candidates as a table")->type_name("FILE.csv");
  app.add_flag_callback(
      "--overwrite", [&command] { command.overwrite = Overwrite::kYes; }, "replace -o, --report and --front");
  add_cases(app, command);
  add_judging(app, command);
  add_search(app, command);
  app.footer(kExamples);
}

}  // namespace argent
