# Completion for PowerShell, from 5 on: aws-oidc autocomplete script powershell | Out-String | Invoke-Expression
# Candidates come quoted, and are data: nothing of them is evaluated.

Register-ArgumentCompleter -Native -CommandName 'aws-oidc' -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @(foreach ($element in $commandAst.CommandElements) {
    if ($element.Extent.EndOffset -ge $cursorPosition) { break }
    if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $element.Value }
    else { $element.Extent.Text }
  })
  $words += $wordToComplete.Trim("'", '"')
  $asked = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($words -join "`n"))
  $answer = aws-oidc autocomplete words powershell $asked 2>$null | Out-String
  if (-not $answer.Trim()) { return }
  # Files, and programs behind `--`, PowerShell finds by itself where it is told nothing.
  foreach ($word in ($answer | ConvertFrom-Json).words) {
    [System.Management.Automation.CompletionResult]::new($word.text, $word.list, 'ParameterValue', $word.tip)
  }
}
