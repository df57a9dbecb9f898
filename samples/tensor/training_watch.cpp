#include "samples/tensor/training_watch.h"

#include <unistd.h>

#include <cstdio>

#include "samples/loss_plot.h"

namespace argent {
void TrainingWatch::on_step(const tensor::StepReport& report) {
  losses_.push_back(report.loss);
  if (::isatty(STDERR_FILENO) == 0) return;
  std::fprintf(stderr, "\rbatch %lld of %lld: loss %.4g, rate %.3g   ", static_cast<long long>(report.batch + 1),
               static_cast<long long>(report.batches), report.loss, report.learning_rate);
}

void TrainingWatch::on_epoch(const tensor::EpochReport& report) {
  std::fprintf(stderr, "\repoch %lld: mean loss %.4g%20s\n", static_cast<long long>(report.epoch + 1), report.mean_loss, "");
}

std::string TrainingWatch::loss_plot() const {
  const LossCurve curve{"loss", losses_};
  return argent::loss_plot({&curve, 1});
}

}  // namespace argent
