#include "samples/tune/tune_tables.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace argent {
namespace {

template <class... Values>
std::string line(const char* format, Values... values) {
  std::array<char, 300> text{};
  std::snprintf(text.data(), text.size(), format, values...);
  return std::string(text.data()) + "\n";
}

std::string terms_of(const TuneResult& result) {
  const TuneCandidate& choice = result.choice();
  std::string out = line("  %-28s %10s %10s %7s %8s  %s", "term", "start", "held out", "ratio", "on all", "unit");
  for (std::size_t t = 0; t < result.terms.size(); t++) {
    out += line("  %-28s %10s %10s %7s %8s  %s", result.terms[t].c_str(), number_text(choice.held_out.start[t]).c_str(),
                number_text(choice.held_out.tuned[t]).c_str(), number_text(choice.held_out.ratio[t]).c_str(),
                number_text(choice.seen.ratio[t]).c_str(), result.term_details[t].unit.c_str());
  }
  std::string folds;
  for (const TermComparison& fold : choice.folds) folds += (folds.empty() ? "" : ", ") + number_text(fold.score);
  return out + line("  %-28s %10s %10s %7s %8s  folds: %s", "score", "1", number_text(choice.held_out.score).c_str(), "",
                    number_text(choice.seen.score).c_str(), folds.c_str());
}

std::string parameters_of(const TunedTask& tuned) {
  const TuneResult& result = tuned.result;
  const TuneCandidate& choice = result.choice();
  std::string out = line("  %-34s %9s %9s   %-22s %s", "parameter", "start", "tuned", "in the folds", "score: -10 % / +10 % / back");
  const auto& parameters = tuned.task->space.parameters();
  for (std::size_t i = 0; i < parameters.size(); i++) {
    std::string folds;
    for (const TunedValues& values : choice.fold_values) folds += (folds.empty() ? "" : ", ") + number_text(values[i]);
    const Sensitivity& s = result.sensitivities[i];
    out += line("  %-34s %9s %9s   %-22s %+.3f / %+.3f / %+.3f", parameters[i].path.c_str(), number_text(parameters[i].start).c_str(),
                number_text(choice.values[i]).c_str(), folds.c_str(), s.lower - choice.seen.score, s.higher - choice.seen.score,
                s.back - choice.seen.score);
  }
  return out;
}

std::string candidates_of(const TuneResult& result) {
  if (result.candidates.size() < 2) return "";
  std::string out = "  candidates (held out): score, better in, ratios of the terms\n";
  for (std::size_t i = 0; i < result.candidates.size(); i++) {
    const TuneCandidate& one = result.candidates[i];
    std::string ratios;
    for (double ratio : one.held_out.ratio) ratios += " " + number_text(ratio);
    out += line("  %c%3zu%s  %7s %5.0f %% %s", i == result.picked ? '*' : ' ', i, one.on_front ? "" : " (behind the front)",
                number_text(one.held_out.score).c_str(), 100 * one.better, ratios.c_str());
  }
  return out;
}

}  // namespace

std::string number_text(double value) {
  if (!std::isfinite(value)) return "-";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.4g", value);
  return text.data();
}

std::string verdict_of(const TunedTask& tuned) {
  const TuneCandidate& choice = tuned.result.choice();
  const std::string which = tuned.result.candidates.size() > 1 ? "candidate " + std::to_string(tuned.result.picked) + ", " : "";
  const std::string found = "held-out score " + number_text(choice.held_out.score) + " of the start's, better in " +
                            std::to_string(std::lround(100 * choice.better)) + " % of the bootstrap's draws";
  if (tuned.result.replaced) return "taken: " + which + found;
  return "the start stays: " + which + found + (choice.held_out.score < 1 ? ": too little, or luck" : ": tuning did not help");
}

std::string text_of(const TunedTask& tuned) {
  std::string objectives;
  for (const auto& objective : tuned.task->objectives)
    objectives += (objectives.empty() ? "" : ", ") + objective->name() + " (" + std::to_string(objective->cases().size()) + " cases)";
  return tuned.task->controller + ", by " + objectives + "\n" + terms_of(tuned.result) + parameters_of(tuned) +
         candidates_of(tuned.result) + "  " + verdict_of(tuned) + "\n\n";
}

std::string front_table(const std::vector<TunedTask>& tuned) {
  std::string out = "controller,candidate,on_front,picked,kind,name,value\n";
  for (const TunedTask& one : tuned) {
    for (std::size_t i = 0; i < one.result.candidates.size(); i++) {
      const TuneCandidate& candidate = one.result.candidates[i];
      const std::string head = one.task->controller + "," + std::to_string(i) + "," + (candidate.on_front ? "1," : "0,") +
                               (i == one.result.picked ? "1," : "0,");
      const auto add = [&](const char* kind, const std::string& name, double value) {
        out += head + kind + "," + name + "," + (std::isfinite(value) ? number_text(value) : "") + "\n";
      };
      for (std::size_t t = 0; t < one.result.terms.size(); t++) {
        add("weight", one.result.terms[t], candidate.weights[t]);
        add("held_out", one.result.terms[t], candidate.held_out.ratio[t]);
        add("seen", one.result.terms[t], candidate.seen.ratio[t]);
      }
      add("held_out", "score", candidate.held_out.score);
      add("seen", "score", candidate.seen.score);
      add("better", "score", candidate.better);
      for (std::size_t p = 0; p < candidate.values.size(); p++) add("value", one.task->space.parameters()[p].path, candidate.values[p]);
    }
  }
  return out;
}

}  // namespace argent
