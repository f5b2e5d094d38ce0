namespace DeepGen.Zoo.Checking;

/// <summary>What the check of one network found.</summary>
/// <param name="LossBefore">The training loss of the first step; null where there is none.</param>
/// <param name="LossAfter">The training loss of the last step.</param>
/// <param name="Remark">What a reader of the row should know.</param>
/// <param name="Failures">What is wrong, a few words each; none when all is well.</param>
internal sealed record CheckResult(double? LossBefore, double? LossAfter, string Remark, IReadOnlyList<string> Failures);
