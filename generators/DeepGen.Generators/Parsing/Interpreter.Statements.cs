using DeepGen.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace DeepGen.Generators.Parsing;

// Statements.
internal sealed partial class Interpreter
{
    private enum Flow
    {
        Next,
        Return,

        /// <summary>A break or continue looks for the loop or switch of <see cref="Frame.Target"/>.</summary>
        Branch,
    }

    private Flow Run(IOperation? statement, Frame frame)
    {
        if (statement is null)
        {
            return Flow.Next;
        }

        Step(statement);
        switch (statement)
        {
            case IBlockOperation block:
                foreach (var inner in block.Operations)
                {
                    if (Run(inner, frame) is var flow && flow != Flow.Next)
                    {
                        return flow;
                    }
                }

                return Flow.Next;

            case IExpressionStatementOperation e:
                Evaluate(e.Operation, frame);
                return Flow.Next;

            case IVariableDeclarationGroupOperation group:
                foreach (var declaration in group.Declarations)
                {
                    foreach (var declarator in declaration.Declarators)
                    {
                        frame.Variables[declarator.Symbol] = (declarator.Initializer ?? declaration.Initializer) is { } initializer ? Evaluate(initializer.Value, frame) : Default(declarator.Symbol.Type);
                    }
                }

                return Flow.Next;

            case IReturnOperation { Kind: OperationKind.Return } r:
                frame.Result = r.ReturnedValue is null ? null : Evaluate(r.ReturnedValue, frame);
                return Flow.Return;

            case IConditionalOperation c:
                return Evaluate(c.Condition, frame) switch
                {
                    true => Run(c.WhenTrue, frame),
                    false => Run(c.WhenFalse, frame),
                    ScalarValue condition => Fork(condition, c, frame),
                    _ => throw CannotEvaluate(c.Condition, "This condition is not known at build time"),
                };

            case IForLoopOperation loop:
                foreach (var before in loop.Before)
                {
                    Run(before, frame);
                }

                return Loop(loop, frame, () => loop.Condition is null || Condition(loop.Condition, frame), () =>
                {
                    foreach (var after in loop.AtLoopBottom)
                    {
                        Run(after, frame);
                    }
                });

            case IWhileLoopOperation loop:
                var first = !loop.ConditionIsTop;
                return Loop(loop, frame, () => first ? !(first = false) : Condition(loop.Condition!, frame), () => { });

            case IForEachLoopOperation loop:
                return ForEach(loop, frame);

            case ISwitchOperation s:
                return Switch(s, frame);

            case IBranchOperation { BranchKind: BranchKind.Break or BranchKind.Continue } branch:
                frame.Target = branch.Target;
                return Flow.Branch;

            case IEmptyOperation or ILocalFunctionOperation:
                return Flow.Next;

            case IThrowOperation t:
                throw Thrown(t, frame);

            case IInvalidOperation:
                throw new HalfTypedException(statement.Syntax);

            default:
                // An expression body stands here without its statement.
                if (statement.Type is not null && statement.Syntax is ExpressionSyntax)
                {
                    Evaluate(statement, frame);
                    return Flow.Next;
                }

                throw CannotEvaluate(statement, $"This statement ({Describe(statement)}) cannot be evaluated at build time");
        }
    }

    private bool Condition(IOperation operation, Frame frame) => Evaluate(operation, frame) switch
    {
        bool b => b,
        ScalarValue => throw Fail(Descriptors.NotDifferentiable, operation.Syntax, "A loop must not depend on the elements of a tensor"),
        _ => throw CannotEvaluate(operation, "This condition is not known at build time"),
    };

    private Flow Loop(ILoopOperation loop, Frame frame, Func<bool> condition, Action bottom)
    {
        loops.Add((loop, 0));
        try
        {
            while (condition())
            {
                Step(loop);
                loops[loops.Count - 1] = (loop, loops[loops.Count - 1].Count + 1);
                if (Leaves(Run(loop.Body, frame), loop, frame, out var flow))
                {
                    return flow;
                }

                bottom();
            }

            return Flow.Next;
        }
        finally
        {
            loops.RemoveAt(loops.Count - 1);
        }
    }

    private static bool Leaves(Flow flow, ILoopOperation loop, Frame frame, out Flow result)
    {
        result = flow;
        if (flow == Flow.Branch && SymbolEqualityComparer.Default.Equals(frame.Target, loop.ContinueLabel))
        {
            return false;
        }

        if (flow == Flow.Branch && SymbolEqualityComparer.Default.Equals(frame.Target, loop.ExitLabel))
        {
            result = Flow.Next;
        }

        return flow != Flow.Next;
    }

    private Flow ForEach(IForEachLoopOperation loop, Frame frame)
    {
        var items = Evaluate(loop.Collection, frame) switch
        {
            SequenceValue s => s.Items,
            string text => text.Select(c => (object?)c).ToList(),
            null => throw Fail(Descriptors.Arithmetic, loop.Collection.Syntax, "The collection is null here"),
            _ => throw CannotEvaluate(loop.Collection, "This collection is not known at build time"),
        };
        var i = 0;
        return Loop(loop, frame, () => i < items.Count, () => i++, () => Bind(loop.LoopControlVariable, items[i], frame));
    }

    private Flow Loop(ILoopOperation loop, Frame frame, Func<bool> condition, Action bottom, Action top) =>
        Loop(loop, frame, () =>
        {
            if (!condition())
            {
                return false;
            }

            top();
            return true;
        }, bottom);

    /// <summary>Gives a loop variable its value, or each part of a deconstructed one.</summary>
    private void Bind(IOperation variable, object? value, Frame frame)
    {
        switch (variable)
        {
            case IVariableDeclaratorOperation d:
                frame.Variables[d.Symbol] = Convert(value, d.Symbol.Type, variable);
                break;
            default:
                Assign(variable, value, frame);
                break;
        }
    }

    private Flow Switch(ISwitchOperation s, Frame frame)
    {
        var value = Evaluate(s.Value, frame);
        ISwitchCaseOperation? chosen = null;
        foreach (var section in s.Cases)
        {
            foreach (var clause in section.Clauses)
            {
                var matches = clause switch
                {
                    ISingleValueCaseClauseOperation single => AreEqual(value, Evaluate(single.Value, frame)),
                    IPatternCaseClauseOperation pattern => Certain(Matches(pattern.Pattern, value, frame), pattern) && (pattern.Guard is null || Condition(pattern.Guard, frame)),
                    IDefaultCaseClauseOperation => false,
                    _ => throw CannotEvaluate(clause, "This case cannot be evaluated at build time"),
                };
                if (matches)
                {
                    chosen = section;
                    break;
                }
            }

            if (chosen is not null)
            {
                break;
            }
        }

        chosen ??= s.Cases.FirstOrDefault(c => c.Clauses.Any(k => k is IDefaultCaseClauseOperation));
        if (chosen is null)
        {
            return Flow.Next;
        }

        foreach (var inner in chosen.Body)
        {
            var flow = Run(inner, frame);
            if (flow == Flow.Branch && SymbolEqualityComparer.Default.Equals(frame.Target, s.ExitLabel))
            {
                return Flow.Next;
            }

            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    private bool Certain(object condition, IOperation operation) => condition switch
    {
        bool b => b,
        _ => throw Fail(Descriptors.NotDifferentiable, operation.Syntax, "A switch statement must not depend on the elements of a tensor; use a conditional or a switch expression"),
    };

    /// <summary>The user's own check has failed: his message is the error.</summary>
    private EvaluationException Thrown(IThrowOperation operation, Frame frame)
    {
        var exception = operation.Exception is IConversionOperation c ? c.Operand : operation.Exception;
        if (exception is IObjectCreationOperation creation)
        {
            var message = creation.Arguments.Select(a => a.Value).FirstOrDefault(v => v.Type?.SpecialType == SpecialType.System_String);
            var text = message is null ? null : Evaluate(message, frame) as string;
            return Fail(Descriptors.Thrown, Places.Identifier(operation.Syntax), creation.Type?.Name + (text is null ? "" : ": " + text));
        }

        return CannotEvaluate(operation, "This throw cannot be evaluated at build time");
    }

    private static string Describe(IOperation operation) => operation.Kind switch
    {
        OperationKind.Try => "try",
        OperationKind.Lock => "lock",
        OperationKind.Using or OperationKind.UsingDeclaration => "using",
        OperationKind.Await => "await",
        OperationKind.YieldReturn or OperationKind.YieldBreak => "yield",
        OperationKind.Branch or OperationKind.Labeled => "goto",
        OperationKind.InstanceReference => "this",
        OperationKind.DynamicInvocation or OperationKind.DynamicMemberReference => "dynamic",
        OperationKind.TypeOf => "typeof",
        OperationKind.ObjectCreation or OperationKind.AnonymousObjectCreation => "new",
        OperationKind.With => "with",
        OperationKind.None => "unsafe or not known to DeepGen",
        _ => operation.Kind.ToString(),
    };
}
